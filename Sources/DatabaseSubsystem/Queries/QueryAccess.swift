/// Who may run a query.
package enum QueryAccess: String, Sendable, Hashable, Codable, CaseIterable {
    /// Everybody whom the server answers at all.
    case `public`
    /// Callers who proved who they are.
    case protected
}
