// swift-tools-version: 6.1
import PackageDescription

/// The contenders that Hydrogen is measured against and that are written in Swift.
///
/// A package of its own, so that the product depends on none of it. `run.py` builds and drives it.
let package = Package(
    name: "hydrogen-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1")
    ],
    targets: [
        // The HTTP library's plain routed "hello": what a route costs before any database is asked.
        .executableTarget(
            name: "hello",
            dependencies: [.product(name: "Hummingbird", package: "hummingbird")],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
            ]
        )
    ]
)
