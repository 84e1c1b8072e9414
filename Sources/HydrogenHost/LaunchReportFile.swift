import FoundationEssentials
import Launch

/// The file that keeps one launch's report until the next launch.
struct LaunchReportFile {
    let path: String

    /// The report of the previous launch; `nil` when there is no such file yet.
    ///
    /// - Throws: When the file cannot be read, or is no launch report.
    func load() throws -> LaunchReport? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try LaunchReport(json: Array(try Data(contentsOf: URL(filePath: path))))
    }

    /// Keeps `report` in the place of the one before. A crash meanwhile leaves the one or the other, never a part.
    func store(_ report: LaunchReport) throws {
        try Data(try report.json()).write(to: URL(filePath: path), options: .atomic)
    }
}
