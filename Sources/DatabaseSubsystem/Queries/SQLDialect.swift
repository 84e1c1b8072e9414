/// How a text tells its code from what it quotes.
package enum SQLDialect: Sendable, Hashable, CaseIterable {
    /// PostgreSQL, SQLite and DB2: a backslash quotes in `E'…'` alone, and `--` always starts a comment.
    case standard
    /// MySQL and MariaDB: a backslash quotes in every string, `#` starts a comment, `--` does when white space follows.
    case mysql
    /// Prose for an AI endpoint: apostrophes are apostrophes, and nothing is quoted.
    ///
    /// A name counts only at the start, after white space, after an opening bracket, or just inside an opening
    /// quotation mark.
    case prompt
}
