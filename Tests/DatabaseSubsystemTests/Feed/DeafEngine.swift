import HydrogenCore
import Testing

@testable import DatabaseSubsystem

/// PostgreSQL whose feed listens to nothing, as behind a pooler that hands the session to somebody else.
struct DeafEngine: DatabaseEngine {
    let base: any DatabaseEngine

    var placeholders: ParsedSQL.Placeholders { base.placeholders }

    func inspect() -> [Finding] { base.inspect() }

    func connect(as label: QueueLabel, abort: AbortSignal) throws(DatabaseError) -> any EngineConnection {
        try base.connect(as: label, abort: abort)
    }

    func connectForRehearsal() throws(DatabaseError) -> any EngineConnection {
        try base.connectForRehearsal()
    }

    func openFeed(as name: String, abort: AbortSignal) throws(DatabaseError) -> any FeedSession {
        let label = QueueLabel(database: "Deaf", number: 1, tags: TagSet(.medium))
        guard let connection = try base.connect(as: label, abort: abort) as? PostgreSQLConnection else {
            throw DatabaseError(.refused, "only PostgreSQL notifies")
        }
        let session = try PostgreSQLFeedSession(connection)
        try connection.run("UNLISTEN *")
        return session
    }
}
