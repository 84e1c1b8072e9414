/// A `.sql` file with one query: a header of comment lines, then its SQL.
///
/// ```sql
/// -- id: 1
/// -- name: Customer by id
/// -- description: All of one customer
/// -- parameters: id INTEGER, city STRING = 'Oslo'
/// -- queue: fast
/// -- timeout: 5
/// -- cache: 60
/// -- access: public
/// -- tables: customers
/// SELECT * FROM customers WHERE id = :id AND city = :city
/// ```
/// - `id`: the number, 0 or more. Required.
/// - `name`: a title. Default: the file's name.
/// - `parameters`: as ``ParameterList`` reads them. Required when the SQL has any; may stand on several lines.
/// - `queue`: `slow`, `medium`, `fast` or `cache`. Default: the caller's.
/// - `timeout`: seconds, or milliseconds as `250ms`; 1 ms to 1 hour. Default: the connection's.
/// - `cache`: the same, up to 31 days; 0 is never. Default: the cache's.
/// - `max_rows`: the most rows of a result, up to 1,000,000,000; 0 is all. Default: the connection's.
/// - `page`: how the page after a truncated result is asked for, as ``PageRule`` reads it. Default: not at all.
/// - `access`: `public` or `protected`. Default: `public`.
/// - `writes`: `true` for a query that writes though it looks like a read, by a function it calls. Default: `false`.
/// - `tables`: what the query reads; may stand on several lines. Default: none.
///
/// A prompt for an AI endpoint may have `model`, `system` and `schema` besides; the last two may stand on several lines.
///
/// See ``QueryHeader`` for what is a header's line and what is a comment.
package struct QueryFile: Sendable {
    /// What the file says.
    package let template: QueryTemplate

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - bytes: What the file holds: UTF-8, with or without a byte order mark.
    ///   - file: The file's name for messages.
    ///   - dialect: How its SQL quotes.
    /// - Throws: All faults of the file at once.
    package init(parsing bytes: [UInt8], file: String, dialect: SQLDialect = .standard) throws(QueryFileFaults) {
        var reader = QueryFileReader(bytes: bytes, file: file, dialect: dialect)
        guard let template = reader.template() else { throw QueryFileFaults(faults: reader.faults) }
        self.template = template
    }
}
