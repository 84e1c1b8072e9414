import Glibc

/// The folder of the buffer, and what is done to files in it by name. Calls block.
struct BufferFolder: Sendable {
    /// Where it is.
    let path: String
    /// What can refuse.
    var disk: any BufferDisk = SystemDisk()

    /// Where what is damaged goes.
    static let damaged = "damaged"
    /// The messages that the database refused.
    static let poison = "poison.log"
    /// Locked by the process that has the folder.
    static let lock = "lock"
    /// How far the files are delivered.
    static let position = "position"

    /// The path of an entry.
    func path(of name: String) -> String { "\(path)/\(name)" }

    /// Makes the folder, and those above it, if it is not there; what is made is on the disk when this returns.
    func make() throws(BufferFault) {
        var built = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            let above = built.isEmpty ? "/" : built
            built += "/\(part)"
            if mkdir(built, 0o700) == 0 {
                try BufferFolder(path: above, disk: disk).sync()
            } else if errno != EEXIST {
                throw .call("mkdir", built)
            }
        }
    }

    /// Opens a file.
    func open(_ name: String, _ flags: CInt) throws(BufferFault) -> OwnedDescriptor {
        let descriptor = Glibc.open(path(of: name), flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .call("open", path(of: name)) }
        return OwnedDescriptor(descriptor)
    }

    /// Removes a file; one that is not there is no fault.
    func remove(_ name: String) throws(BufferFault) {
        guard disk.remove(path(of: name)) == 0 || errno == ENOENT else { throw .call("unlink", path(of: name)) }
    }

    /// Returns when the names of the files are on the disk.
    func sync() throws(BufferFault) {
        let folder = try OwnedDescriptor(folder: path)
        guard disk.syncFolder(folder.number) == 0 else { throw .call("fsync", path) }
    }

    /// The numbers of the segments, in order.
    func segments() throws(BufferFault) -> [Int] {
        guard let stream = opendir(path) else { throw .call("opendir", path) }
        defer { closedir(stream) }
        var numbers: [Int] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(".log"), let number = Int(name.dropLast(4)), number > 0 else { continue }
            numbers.append(number)
        }
        return numbers.sorted()
    }

    /// The name of a segment: its number in eight digits or more.
    static func segment(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".log"
    }

    // MARK: Whether it can be used

    /// How often the lock is tried for, a millisecond apart.
    private static let lockAttempts = 20

    /// Takes the folder for this process, until the descriptor is closed.
    ///
    /// - Throws: `held` when another process has it.
    func takeLock() throws(BufferFault) -> OwnedDescriptor {
        let lock = try open(Self.lock, O_RDWR | O_CREAT)
        // A child that has been forked and does not run its program yet has the lock, too, for a moment.
        var attempts = 1
        while flock(lock.number, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK else { throw .call("flock", path(of: Self.lock)) }
            attempts += 1
            if attempts <= Self.lockAttempts {
                usleep(1000)
                continue
            }
            throw .held("\(path) belongs to another process that runs; give each instance a directory of its own")
        }
        return lock
    }

    /// Why the folder cannot be used, and how to mend it; `nil` when it can. Changes nothing.
    var obstacle: String? {
        guard access(path, F_OK) == 0 else { return obstacleToMaking }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            return "\(path) cannot be read and written; let the server have it"
        }
        guard access(path(of: Self.lock), F_OK) == 0 else { return nil }
        do throws(BufferFault) {
            _ = try takeLock()
            return nil
        } catch {
            return error.description
        }
    }

    /// Why the folder, which is not there, cannot be made.
    private var obstacleToMaking: String? {
        var above = path[...]
        repeat {
            above = above.prefix(upTo: above.lastIndex(of: "/") ?? above.startIndex)
        } while !above.isEmpty && access(String(above), F_OK) != 0
        let folder = above.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : String(above)
        return access(folder, W_OK | X_OK) == 0 ? nil : "\(path) cannot be made; let the server write into \(folder)"
    }
}

/// Owns one file descriptor: closed exactly once, when the value ends.
final class OwnedDescriptor: Sendable {
    let number: CInt

    init(_ number: CInt) {
        self.number = number
    }

    /// Opens a folder.
    convenience init(folder: String) throws(BufferFault) {
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .call("open", folder) }
        self.init(descriptor)
    }

    deinit {
        close(number)
    }

    /// The length of the file.
    func length() throws(BufferFault) -> Int {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .call("fstat", "a file of the buffer") }
        return Int(status.st_size)
    }

    /// Bytes from a place on: as many as asked for, or fewer at the end of the file.
    func read(_ count: Int, at place: Int) throws(BufferFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var total = 0
        while total < count {
            let taken = bytes.withUnsafeMutableBytes { buffer in
                pread(number, buffer.baseAddress?.advanced(by: total), count - total, off_t(place + total))
            }
            if taken < 0, errno == EINTR { continue }
            guard taken >= 0 else { throw .call("read", "a file of the buffer") }
            guard taken > 0 else { break }
            total += taken
        }
        bytes.removeLast(count - total)
        return bytes
    }
}

extension BufferFault {
    /// A call of the system that has just failed, with the reason in `errno`.
    static func call(_ name: String, _ path: String) -> BufferFault {
        let code = errno
        let reason = "\(name) of \(path): \(String(cString: strerror(code)))"
        return code == ENOSPC || code == EDQUOT ? .full("no room on the disk: \(reason)") : .failed(reason)
    }
}
