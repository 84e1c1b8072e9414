/// Why the files of the buffer did not do what was asked.
enum BufferFault: Error, Sendable, Hashable {
    /// There is no room; where, and what gives some.
    case full(String)
    /// A call of the system failed; which, on what, and what it said.
    case failed(String)
    /// Another process has the directory.
    case held(String)
    /// The buffer has landed.
    case closed
}

extension BufferFault: CustomStringConvertible {
    var description: String {
        switch self {
        case .full(let what), .failed(let what), .held(let what): what
        case .closed: "the server is landing; send the request to another"
        }
    }
}
