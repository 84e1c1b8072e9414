import Glibc

/// The calls that decide whether a push is kept: what a disk can refuse. They block.
protocol BufferDisk: Sendable {
    /// Writes at the end of a file, as write(2): how many bytes were taken; -1 with the reason in `errno`.
    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> Int
    /// Returns when what was written is on the disk, as fdatasync(2); -1 with the reason in `errno`.
    func sync(_ descriptor: CInt) -> CInt
    /// Cuts a file, as ftruncate(2); -1 with the reason in `errno`.
    func truncate(_ descriptor: CInt, to length: Int) -> CInt
}

/// The disk of the machine.
struct SystemDisk: BufferDisk {
    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> Int {
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }

    func sync(_ descriptor: CInt) -> CInt { fdatasync(descriptor) }

    func truncate(_ descriptor: CInt, to length: Int) -> CInt { ftruncate(descriptor, length) }
}
