import HydrogenCore
import Logging

/// What operators are told of the buffer.
enum BufferNotice: Sendable, Hashable {
    /// What a crash left of a write was cut off.
    case torn(segment: String, bytes: Int)
    /// A part of a segment is not what was written.
    case damaged(segment: String, bytes: Int, copy: String)
    /// A part of a segment is no whole record, and no copy of it could be made.
    case uncopied(segment: String, bytes: Int, reason: String)
    /// A segment with such a part was set aside as it was, once the rest of it was delivered.
    case setAside(segment: String, copy: String)
    /// A segment stands before what is delivered.
    case late(segment: String, copy: String)
    /// A segment could not be set aside.
    case left(segment: String, reason: String)
    /// A message was refused by the database for what it is.
    case poison(queue: String, transaction: String, reason: String)
    /// Messages of an earlier launch wait.
    case leftover(messages: Int)
    /// Pushes go into files from now on.
    case begun(String)
    /// What waits cannot be delivered; the first time for each reason.
    case stuck(String)
    /// Files cannot be written.
    case failed(String)
    /// Everything is in the database, and pushes go there again.
    case over(messages: Int)
    /// The buffer has landed.
    case landed(messages: Int)
}

extension BufferNotice: CustomStringConvertible {
    var description: String {
        switch self {
        case .torn(let segment, let bytes):
            "Push buffer: \(bytes) bytes of an unfinished write at the end of \(segment) were cut off; \(BufferFolder.damaged) has them"
        case .damaged(let segment, let bytes, let copy):
            "Push buffer: \(bytes) bytes in \(segment) are damaged and were set aside as \(copy); pushes that were in them are lost"
        case .uncopied(let segment, let bytes, let reason):
            "Push buffer: \(bytes) bytes in \(segment) are no whole record and could not be copied to \(BufferFolder.damaged); the file itself is kept: \(reason)"
        case .setAside(let segment, let copy):
            "Push buffer: \(segment), which has damage without a copy, was set aside as \(copy); what is whole in it was delivered"
        case .late(let segment, let copy):
            "Push buffer: \(segment) was put there, or is left from a crash, behind what is delivered; it was not read, and set aside as \(copy): to deliver it, move it back while the server does not run, with a number above those of all segments and of \(BufferFolder.position)"
        case .left(let segment, let reason):
            "Push buffer: \(segment) could not be set aside and is kept where it is until the next launch: \(reason)"
        case .poison(let queue, let transaction, let reason):
            "Push buffer: the database refuses message \(transaction) of queue \(queue), which was set aside in \(BufferFolder.poison): \(reason)"
        case .leftover(let messages): "Push buffer: \(messages) messages of an earlier launch wait for the database"
        case .begun(let reason): "Push buffer: pushes are kept in files: \(reason)"
        case .stuck(let reason): "Push buffer: what waits in files cannot be delivered: \(reason)"
        case .failed(let reason): "Push buffer: files cannot be written, and pushes are refused: \(reason)"
        case .over(let messages):
            "Push buffer: empty, \(messages) messages were delivered; pushes go to the database"
        case .landed(let messages):
            messages == 0
                ? "Push buffer: closed, empty"
                : "Push buffer: closed; \(messages) messages wait in files for the next launch"
        }
    }

    /// How loud it is.
    var level: Logger.Level {
        switch self {
        case .damaged, .uncopied, .late, .left, .poison, .failed: .error
        case .torn, .setAside, .begun, .stuck: .warning
        case .leftover, .over: .notice
        case .landed(let messages): messages == 0 ? .info : .warning
        }
    }
}
