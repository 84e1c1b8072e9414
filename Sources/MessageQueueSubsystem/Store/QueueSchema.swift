package import DatabaseSubsystem

/// The tables and functions of the message queue, as migrations with a history of their own.
package enum QueueSchema {
    /// The table that remembers what was applied.
    package static let historyTable = "hydrogen_queue_migrations"

    /// All of it, in order.
    package static let migrations = [
        migration(1, "tables", PackageResources.tables_sql),
        migration(2, "push", PackageResources.push_sql),
        migration(3, "pop", PackageResources.pop_sql),
        migration(4, "ack", PackageResources.ack_sql),
        migration(5, "transact", PackageResources.transact_sql),
        migration(6, "configure", PackageResources.configure_sql),
        migration(7, "housekeeping", PackageResources.housekeeping_sql),
        migration(8, "views", PackageResources.views_sql),
        migration(9, "messages", PackageResources.messages_sql),
        migration(10, "traces", PackageResources.traces_sql),
        migration(11, "status", PackageResources.status_sql),
        migration(12, "resources", PackageResources.resources_sql),
        migration(13, "groups", PackageResources.groups_sql),
    ]

    private static func migration(_ number: Int, _ name: String, _ bytes: [UInt8]) -> Migration {
        Migration(
            number: number,
            name: name,
            file: "\(name).sql of the message queue",
            text: String(decoding: bytes, as: UTF8.self),
            dialect: .standard
        )
    }
}
