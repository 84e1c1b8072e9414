/// Which Hydrogen this is.
public enum HydrogenVersion {
    /// The version of this source: semantic versioning 2.0.0.
    public static let current = "0.2.0"
}
