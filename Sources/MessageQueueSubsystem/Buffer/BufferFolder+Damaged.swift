import Glibc

/// What is set aside because it is not what was written, or nobody knows whether it is still wanted.
extension BufferFolder {
    /// The name of a copy of what stands in a segment from a place on.
    static func damaged(_ segment: String, _ place: Int) -> String { "\(damaged)/\(segment).\(place)" }

    /// Keeps a copy of bytes; it is on the disk when this returns, and nothing is left of it when this throws.
    func keepDamaged(_ bytes: [UInt8], as name: String) throws(BufferFault) {
        let damaged = BufferFolder(path: path(of: Self.damaged), disk: disk)
        try damaged.make()
        let file = try open(name, O_WRONLY | O_CREAT | O_TRUNC)
        do throws(BufferFault) {
            guard disk.writeAll(bytes, to: file.number), disk.sync(file.number) == 0 else {
                throw .call("write", path(of: name))
            }
            try damaged.sync()
        } catch {
            try? remove(name)
            throw error
        }
    }

    /// Moves a file as it is, over none that was moved before. Returns its new name.
    func moveToDamaged(_ name: String) throws(BufferFault) -> String {
        try BufferFolder(path: path(of: Self.damaged), disk: disk).make()
        let copy = "\(Self.damaged)/\(name).whole"
        var free = copy
        var number = 1
        while access(path(of: free), F_OK) == 0 {
            number += 1
            free = "\(copy).\(number)"
        }
        guard rename(path(of: name), path(of: free)) == 0 else { throw .call("rename", path(of: name)) }
        return free
    }
}
