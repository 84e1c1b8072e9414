import Glibc

/// The calls that decide whether a push is kept: what a disk can refuse. They block.
protocol BufferDisk: Sendable {
    /// Writes at the end of a file, as write(2): how many bytes were taken; -1 with the reason in `errno`.
    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> Int
    /// Returns when what was written is on the disk, as fdatasync(2); -1 with the reason in `errno`.
    func sync(_ descriptor: CInt) -> CInt
    /// Cuts a file, as ftruncate(2); -1 with the reason in `errno`.
    func truncate(_ descriptor: CInt, to length: Int) -> CInt
    /// Returns when the names in a folder are on the disk, as fsync(2); -1 with the reason in `errno`.
    func syncFolder(_ descriptor: CInt) -> CInt
    /// Removes a file, as unlink(2); -1 with the reason in `errno`.
    func remove(_ path: String) -> CInt
}

extension BufferDisk {
    /// Writes all of some bytes at the end of a file, in as many parts as it takes. Returns whether that was done; if not, some of
    /// them may be in the file, and the reason is in `errno`.
    func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        var taken = 0
        while taken < bytes.count {
            let more = bytes.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[taken...]), to: descriptor) }
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else { return false }
            guard more > 0 else {
                errno = EIO
                return false
            }
            taken += more
        }
        return true
    }
}

/// The disk of the machine.
struct SystemDisk: BufferDisk {
    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> Int {
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }

    func sync(_ descriptor: CInt) -> CInt { fdatasync(descriptor) }

    func truncate(_ descriptor: CInt, to length: Int) -> CInt { ftruncate(descriptor, length) }

    func syncFolder(_ descriptor: CInt) -> CInt { fsync(descriptor) }

    func remove(_ path: String) -> CInt { unlink(path) }
}
