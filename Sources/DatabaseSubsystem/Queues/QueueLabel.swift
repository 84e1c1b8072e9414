/// The name of one DQM as logs, responses and the database server's session list show it: `DQM-Acuranzo-01-F`.
package struct QueueLabel: Sendable, Hashable, CustomStringConvertible {
    /// The database's name.
    package let database: String
    /// 0 for the Lead, children from 1.
    package let number: Int
    /// The tags it bears.
    package let tags: TagSet
    /// The label's text, made once.
    package let description: String

    package init(database: String, number: Int, tags: TagSet) {
        self.database = database
        self.number = number
        self.tags = tags
        self.description = "DQM-\(database)-\(number < 10 ? "0" : "")\(number)-\(tags)"
    }
}
