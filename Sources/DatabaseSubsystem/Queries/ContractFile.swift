import FoundationEssentials
import Glibc
import HydrogenCore

/// The file that keeps the contracts of one database's queries from launch to launch: JSON, by the queries' numbers.
struct ContractFile: Sendable, Hashable {
    /// A key that this server does not write.
    private struct ForeignKey: Error, CustomStringConvertible {
        let key: String

        var description: String { #"has the key "\#(key)", which is no query's number as it is written there"# }
    }

    /// Where it is.
    let path: String

    /// Why the file cannot be read or written, and how to mend it; `nil` when it can.
    var obstacle: String? {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: path) else {
            return access(folder, W_OK | X_OK) == 0
                ? nil : "ContractFile \(path) cannot be made; let the server write into \(folder)"
        }
        // It is replaced as a whole, which the folder must allow.
        guard access(path, R_OK | W_OK) == 0, access(folder, W_OK | X_OK) == 0 else {
            return "ContractFile \(path) cannot be read and replaced; let the server write it and its folder"
        }
        do {
            _ = try load()
            return nil
        } catch let fault as ForeignKey {
            return "ContractFile \(path) \(fault.description); remove it, and it is made anew"
        } catch {
            return "ContractFile \(path) holds no contracts; remove it, and it is made anew"
        }
    }

    /// The contracts; none when there is no file yet.
    ///
    /// - Throws: When the file cannot be read, or holds something else.
    func load() throws -> QueryContracts {
        guard FileManager.default.fileExists(atPath: path) else { return QueryContracts() }
        let data = try Data(contentsOf: URL(filePath: path))
        let known = try JSONDecoder().decode([String: QueryContracts.Known].self, from: data)
        // Spelled in one way only, so that no two keys are the same query.
        let pairs = try known.map { key, known in
            guard let id = QueryID(pathComponent: key), id.description == key else { throw ForeignKey(key: key) }
            return (id, known)
        }
        return QueryContracts(Dictionary(uniqueKeysWithValues: pairs))
    }

    /// Keeps contracts in the place of those before. A crash meanwhile leaves the one or the other, never a part.
    func store(_ contracts: QueryContracts) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let known = Dictionary(uniqueKeysWithValues: contracts.known.map { ($0.key.description, $0.value) })
        try encoder.encode(known).write(to: URL(filePath: path), options: .atomic)
    }
}
