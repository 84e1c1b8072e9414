/// What a function of the call-level interface returns. Source: ISO/IEC 9075-3, table "Return codes".
struct CLIReturn: RawRepresentable, Hashable, Sendable {
    let rawValue: Int16

    static let success = CLIReturn(rawValue: 0)
    /// Done, with warnings; a value that was cut is one.
    static let successWithInfo = CLIReturn(rawValue: 1)
    /// No row, no result, no diagnostic record left; of an update, that it found no row.
    static let noData = CLIReturn(rawValue: 100)

    /// Whether the call did what it was asked for.
    var isSuccess: Bool { self == .success || self == .successWithInfo }
}

/// Numbers of the call-level interface. Sources: ISO/IEC 9075-3; `sqlext.h`; `sqlcli1.h` of IBM's client for those of DB2.
enum CLINumber {
    // Kinds of handles.
    static let environment: Int16 = 1
    static let connection: Int16 = 2
    static let statement: Int16 = 3

    // Attributes of an environment and of a connection.
    static let odbcVersion: Int32 = 200
    static let autocommit: Int32 = 102
    static let loginTimeout: Int32 = 103
    static let isolation: Int32 = 108
    static let connectionDead: Int32 = 1209
    /// DB2: large objects come with their rows, not by locators that are asked for one by one.
    static let clientLOBBuffering: Int32 = 2498

    // Attributes and options of a statement.
    static let queryTimeout: Int32 = 0
    static let closeCursor: UInt16 = 0
    static let resetParameters: UInt16 = 3

    // What a connection tells of itself.
    static let productName: UInt16 = 17
    static let productVersion: UInt16 = 18
    static let driverName: UInt16 = 6
    static let transactionAbility: UInt16 = 46
    static let defaultIsolation: UInt16 = 26
    /// DB2: the code page in which the library takes and gives text.
    static let applicationCodePage: UInt16 = 2520

    // What a column tells of itself.
    static let typeName: UInt16 = 14

    // Lengths that are none.
    static let nullData = -1
    static let noTotal = -4
    static let nulTerminated: Int16 = -3

    static let inputParameter: Int16 = 1
    static let commit: Int16 = 0
    static let rollback: Int16 = 1
}
