/// How long what is cancelled because landing begins may still take before it is left behind.
enum LandingGrace {
    static let duration = Duration.seconds(1)
}
