import HydrogenCore

/// The `.sql` files of a folder, read in the order of their names.
struct SQLFolder {
    /// One file.
    struct File {
        /// The name within the folder.
        let name: String
        /// The name for messages.
        let shown: String
        let bytes: [UInt8]
    }

    /// The files that could be read.
    private(set) var files: [File] = []
    /// The folder or the files that could not.
    private(set) var faults: [QueryFileFault] = []

    init(_ path: String, files source: ConfigurationFiles) {
        let names: [String]
        do throws(ConfigurationFileError) {
            names = try source.names(in: path)
        } catch {
            let expected = "a folder of .sql files"
            faults = [QueryFileFault(file: source.resolved(path), expected: expected, got: error.description)]
            return
        }
        for name in names where name.hasSuffix(".sql") {
            let filePath = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
            do throws(ConfigurationFileError) {
                files.append(File(name: name, shown: source.resolved(filePath), bytes: try source.read(filePath)))
            } catch {
                let shown = source.resolved(filePath)
                faults.append(QueryFileFault(file: shown, expected: "a file that can be read", got: error.description))
            }
        }
    }
}
