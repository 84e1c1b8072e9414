/// How log lines are written; the raw values are those of `Logging.Format`.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// `2026-11-21 12:00:00.123Z  [ STATE ]  [ Launch       ]  message key=value`
    case text
    /// `{"time":"2026-11-21T12:00:00.123Z","level":"STATE","subsystem":"Launch","message":"…","metadata":{"key":"value"}}`
    case json
}
