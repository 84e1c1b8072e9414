import HydrogenCore

/// The section `MailRoom` of the configuration.
struct MailRoomConfiguration: Sendable, Hashable {
    /// How many letters may wait. `Capacity`, 1 to 10,000. Default: 100. Can be reloaded.
    var capacity: Int

    init(_ reader: ConfigurationReader) {
        capacity = reader.value("Capacity", .integer(1...10_000), default: 100, reloadable: true)
    }
}
