import CDatabaseClients

/// The columns of a result: their names as JSON has them, and how their values are sent and written.
struct MySQLColumns {
    /// How the columns of one result differ from those of another.
    enum Difference {
        case none
        /// In types alone: a parameter may give a column another one from call to call.
        case types
        /// In names, or in number: the tables were changed.
        case names
    }

    /// What the server says of a column, as far as it matters.
    private struct Field {
        let name: [UInt8]
        let type: UInt32
        let isUnsigned: Bool
        let isBinary: Bool
        let length: UInt

        init(_ field: HydrogenMySQLField) {
            name = Array(MySQLColumns.name(field))
            type = field.type
            isUnsigned = field.flags & MySQLColumns.unsignedFlag != 0
            isBinary = field.charsetnr == MySQLColumns.binaryCharacters
            length = UInt(field.length)
        }

        func hasSameType(as field: HydrogenMySQLField) -> Bool {
            guard type == field.type, isUnsigned == (field.flags & MySQLColumns.unsignedFlag != 0),
                isBinary == (field.charsetnr == MySQLColumns.binaryCharacters)
            else { return false }
            // Elsewhere the length does not matter, and an expression's may change.
            let hasFlag = [MySQLType.tiny, .bit].contains(MySQLType(rawValue: type))
            return !hasFlag || (length == 1) == (field.length == 1)
        }
    }

    /// The names, made once for all rows.
    let layout: RowColumns
    /// What the engine tells of them.
    let facts: [StatementFacts.Column]
    /// How values are sent and written, one for each column.
    let forms: [MySQLType.Form]

    private let fields: [Field]

    /// No columns.
    static let none = MySQLColumns(UnsafeBufferPointer(start: nil, count: 0)) { _, _ in nil }

    /// The columns that a library describes.
    ///
    /// - Parameters:
    ///   - hints: The same columns as they were described when the statement was prepared: MariaDB says only there that an expression is
    ///     JSON.
    init(
        _ fields: UnsafeBufferPointer<HydrogenMySQLField>,
        hints: UnsafeBufferPointer<HydrogenMySQLField>,
        functions: HydrogenMySQLFunctions
    ) {
        self.init(fields) { column, attribute in
            if let text = Self.attribute(attribute, of: fields[column], functions) { return text }
            guard column < hints.count, hints[column].type == fields[column].type else { return nil }
            return Self.attribute(attribute, of: hints[column], functions)
        }
    }

    private init(
        _ fields: UnsafeBufferPointer<HydrogenMySQLField>,
        attribute: (Int, Attribute) -> String?
    ) {
        self.fields = fields.map(Field.init)
        let layout = RowColumns(self.fields.map { String(decoding: $0.name, as: UTF8.self) })
        let forms = self.fields.enumerated().map { column, field in
            MySQLType(rawValue: field.type).form(
                isUnsigned: field.isUnsigned,
                isBinary: field.isBinary,
                length: field.length,
                isJSON: attribute(column, .format) == "json"
            )
        }
        let names = self.fields.enumerated().map { column, field in
            if forms[column] == .json { return "json" }
            if let name = attribute(column, .typeName) { return name }
            if fields[column].flags & Self.enumFlag != 0 { return "enum" }
            if fields[column].flags & Self.setFlag != 0 { return "set" }
            return MySQLType(rawValue: field.type)
                .name(isUnsigned: field.isUnsigned, isBinary: field.isBinary, length: field.length)
        }
        self.layout = layout
        self.forms = forms
        facts = zip(layout.names, names).map { StatementFacts.Column(name: $0, type: $1) }
    }

    /// How the columns of a new result differ from these.
    func difference(from others: UnsafeBufferPointer<HydrogenMySQLField>) -> Difference {
        guard fields.count == others.count else { return .names }
        var hasSameTypes = true
        for (field, other) in zip(fields, others) {
            guard field.name.elementsEqual(Self.name(other)) else { return .names }
            hasSameTypes = hasSameTypes && field.hasSameType(as: other)
        }
        return hasSameTypes ? .none : .types
    }

    private static func name(_ field: HydrogenMySQLField) -> UnsafeBufferPointer<UInt8> {
        UnsafeRawBufferPointer(start: field.name, count: Int(field.name_length)).assumingMemoryBound(to: UInt8.self)
    }

    // Flags and a character set. Source: mariadb_com.h; 63 is the number of what is no text.
    private static let unsignedFlag: UInt32 = 32
    private static let enumFlag: UInt32 = 256
    private static let setFlag: UInt32 = 2048
    private static let binaryCharacters: UInt32 = 63

    /// What MariaDB adds to a type. Source: mysql.h, `enum mariadb_field_attr_t`.
    private enum Attribute: CInt {
        /// The name of a type that has no number, such as `uuid`.
        case typeName = 0
        /// What a text has in it.
        case format = 1
    }

    private static func attribute(
        _ kind: Attribute,
        of field: HydrogenMySQLField,
        _ functions: HydrogenMySQLFunctions
    ) -> String? {
        guard field.extension != nil else { return nil }
        var text = HydrogenMySQLText()
        let isThere = withUnsafePointer(to: field) { functions.field_attr(&text, $0, kind.rawValue) == 0 }
        guard isThere, text.count > 0, let bytes = text.bytes else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: text.count), as: UTF8.self)
    }
}
