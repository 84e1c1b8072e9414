/// What a ``ChangeSubscription`` tells.
package enum ChangeEvent: Sendable, Hashable {
    /// A table was changed.
    case change(TableChange)
    /// Anything may have changed since the last event: what was read before may be old.
    case gap
}
