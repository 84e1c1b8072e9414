/// What the readers of one `decode` share: the faults and the effective values they gather.
///
/// Used by one thread for the length of one call.
final class ConfigurationDecoding {
    let file: String
    let files: ConfigurationFiles
    let substitution: ConfigurationSubstitution
    private(set) var faults: [ConfigurationFault] = []
    private(set) var effective: [EffectiveValue] = []
    private var places: [String: Int] = [:]

    init(file: String, substitution: ConfigurationSubstitution) {
        self.file = file
        self.files = substitution.files
        self.substitution = substitution
    }

    /// Adds a fault; an empty path stands for the outermost object.
    func add(_ problem: (expected: String, got: String, suggestion: String?), at path: String, _ location: JSONLocation)
    {
        faults.append(
            ConfigurationFault(
                file: file,
                location: location,
                path: path.isEmpty ? ConfigurationPath.root : path,
                expected: problem.expected,
                got: problem.got,
                suggestion: problem.suggestion
            )
        )
    }

    /// Notes a value; a path that was read before keeps its place.
    func record(_ value: EffectiveValue) {
        if let place = places[value.path] {
            effective[place] = value
        } else {
            places[value.path] = effective.count
            effective.append(value)
        }
    }
}
