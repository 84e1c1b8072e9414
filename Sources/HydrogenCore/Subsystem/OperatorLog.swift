package import Logging

/// Writes what operators read: whole reports, each in one call, so that no other line comes between its lines.
package struct OperatorLog: Sendable {
    private let logger: Logger

    /// Writes under `label`, as in `[ Launch ]`.
    package init(_ logger: Logger, label: String) {
        self.logger = logger.labelled(label)
    }

    /// Writes the lines of a report as one message.
    package func report(_ lines: [String], level: Logger.Level = .notice) {
        logger.log(level: level, "\(lines.joined(separator: "\n"))")
    }

    /// Writes a report that may hold alarming lines.
    ///
    /// Whoever sees `STATE` reads the report, once. Whoever asked for `ALERT` and up reads only the alarming lines.
    package func report(_ lines: [String], alerts: [String]) {
        if logger.logLevel <= .notice {
            report(lines)
        } else if !alerts.isEmpty {
            report(alerts, level: .warning)
        }
    }
}

extension Logger {
    /// The same logger, its lines framed with `label`.
    package func labelled(_ label: String) -> Logger {
        var logger = self
        logger[.subsystem] = "\(label)"
        return logger
    }
}
