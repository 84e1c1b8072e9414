import CDatabaseClients

/// What a handle's last call left behind: warnings and errors, the most telling first.
struct CLIDiagnostics: Hashable, Sendable {
    /// One record.
    struct Record: Hashable, Sendable {
        let state: SQLState
        /// The server's own number.
        let native: Int32
        /// The driver's words, which may quote the statement and its data.
        let message: String
    }

    /// The records in the order that the driver gives them.
    let records: [Record]

    init(_ records: [Record]) {
        self.records = records
    }

    /// Reads every record of a handle.
    init(of kind: Int16, _ handle: HydrogenCLIHandle, _ functions: HydrogenCLIFunctions) {
        var records: [Record] = []
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 6 + Self.textCapacity) { memory in
            guard let state = memory.baseAddress else { return }
            let text = state + 6
            for number in 1...Self.maximumRecords {
                var (native, length): (Int32, Int16) = (0, 0)
                let code = functions.GetDiagRec(
                    kind,
                    handle,
                    number,
                    state,
                    &native,
                    text,
                    Int16(Self.textCapacity),
                    &length
                )
                guard CLIReturn(rawValue: code).isSuccess else { return }
                state[5] = 0
                text[Self.textCapacity - 1] = 0
                let message = String(cString: text).trimmingSQLSpace
                records.append(
                    Record(state: SQLState(rawValue: String(cString: state)), native: native, message: message)
                )
            }
        }
        self.init(records)
    }

    private static let maximumRecords: Int16 = 16
    private static let textCapacity = 2048

    /// The record that decides: the first that is no warning, else the first.
    var decisive: Record {
        records.first { $0.state.family != "01" && $0.state.family != "00" } ?? records.first ?? Self.silence
    }

    private static let silence = Record(
        state: SQLState(rawValue: "HY000"),
        native: 0,
        message: "the driver gave no reason"
    )

    /// All that the driver said, for logs.
    var reason: String {
        records.isEmpty ? Self.silence.message : records.map { "\($0.message) (\($0.native))" }.joined(separator: "; ")
    }
}
