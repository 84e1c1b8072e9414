import Glibc
import HydrogenCore

/// The messages that the database refused, one JSON object a line: with `jq` an operator can push them again once they are mended.
struct PoisonFile {
    let folder: BufferFolder
    let codec: BufferedPush

    /// How many messages it has.
    func count() throws(BufferFault) -> Int {
        guard access(folder.path(of: BufferFolder.poison), F_OK) == 0 else { return 0 }
        let file = try folder.open(BufferFolder.poison, O_RDONLY)
        let length = try file.length()
        var place = 0
        var count = 0
        while place < length {
            let bytes = try file.read(min(1 << 20, length - place), at: place)
            guard !bytes.isEmpty else { break }
            count += bytes.count { $0 == UInt8(ascii: "\n") }
            place += bytes.count
        }
        return count
    }

    /// Adds a message; it is on the disk when this returns, and no part of it is in the file when this throws.
    func append(_ item: PushItem, _ reason: String) throws(BufferFault) {
        let head = codec.head(of: item).dropLast()
        let line =
            "\(head),\"payload\":\(codec.payload(of: item)),\"error\":\(reason.jsonQuoted),\"at\":\"\(WallTime.now.rfc3339)\"}\n"
        let file = try folder.open(BufferFolder.poison, O_WRONLY | O_CREAT | O_APPEND)
        let bytes = Array(line.utf8)
        let length = try file.length()
        do throws(BufferFault) {
            guard folder.disk.writeAll(bytes, to: file.number), folder.disk.sync(file.number) == 0 else {
                throw .call("write", folder.path(of: BufferFolder.poison))
            }
            try folder.sync()
        } catch {
            // The message is delivered again, and half a line would spoil those before it.
            _ = folder.disk.truncate(file.number, to: length)
            throw error
        }
    }
}
