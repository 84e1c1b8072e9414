// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

extension Target.Dependency {
    static let argumentParser: Self = .product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient: Self = .product(name: "AsyncHTTPClient", package: "async-http-client")
    static let coreMetrics: Self = .product(name: "CoreMetrics", package: "swift-metrics")
    static let crypto: Self = .product(name: "Crypto", package: "swift-crypto")
    static let deque: Self = .product(name: "DequeModule", package: "swift-collections")
    static let httpTypes: Self = .product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird: Self = .product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore: Self = .product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdTesting: Self = .product(name: "HummingbirdTesting", package: "hummingbird")
    static let hummingbirdTLS: Self = .product(name: "HummingbirdTLS", package: "hummingbird")
    static let jwtKit: Self = .product(name: "JWTKit", package: "jwt-kit")
    static let logging: Self = .product(name: "Logging", package: "swift-log")
    static let nioCore: Self = .product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded: Self = .product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1: Self = .product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix: Self = .product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL: Self = .product(name: "NIOSSL", package: "swift-nio-ssl")
    static let serviceLifecycle: Self = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals: Self = .product(name: "UnixSignals", package: "swift-service-lifecycle")
}

let package = Package(
    name: "hydrogen",
    products: [
        .executable(name: "hydrogen", targets: ["hydrogen"]),
        .library(name: "HydrogenCore", targets: ["HydrogenCore"]),
        .library(name: "HydrogenHost", targets: ["HydrogenHost", "Launch", "Landing"]),
        .library(name: "HydrogenTesting", targets: ["HydrogenTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // Digests of API keys and of tokens, which are looked up by them.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // Signatures and claims of bearer tokens, and key sets: cryptography is nothing to write oneself.
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // Subsystems, configuration, logging, metrics: what every other target builds on.
        .target(name: "HydrogenCore", dependencies: [.logging, .coreMetrics], swiftSettings: settings),
        .testTarget(
            name: "HydrogenCoreTests",
            dependencies: ["HydrogenCore", "HydrogenTesting", .logging, .coreMetrics],
            swiftSettings: settings
        ),

        // Readiness, plan, launch, review.
        .target(name: "Launch", dependencies: ["HydrogenCore", .logging], swiftSettings: settings),
        .testTarget(
            name: "LaunchTests",
            dependencies: ["Launch", "HydrogenCore", "HydrogenTesting", .logging],
            swiftSettings: settings
        ),

        // Readiness, plan, landing in reverse, review.
        .target(name: "Landing", dependencies: ["HydrogenCore", .logging], swiftSettings: settings),
        .testTarget(
            name: "LandingTests",
            dependencies: ["Landing", "HydrogenCore", "HydrogenTesting", .logging],
            swiftSettings: settings
        ),

        // One flight from launch to exit code: signals, reload, the end.
        .target(
            name: "HydrogenHost",
            dependencies: ["Launch", "Landing", "HydrogenCore", .logging, .unixSignals],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HydrogenHostTests",
            dependencies: [
                "HydrogenHost", "Launch", "Landing", "HydrogenCore", "HydrogenTesting", .logging, .unixSignals,
            ],
            swiftSettings: settings
        ),

        // Typed tables of the functions of database client libraries, filled at run time.
        .target(name: "CDatabaseClients"),

        // The gateway: registered SQL by number, from any engine, through Leads and their children. Knows nothing of HTTP.
        .target(
            name: "DatabaseSubsystem",
            dependencies: [
                "HydrogenCore", "CDatabaseClients", .asyncHTTPClient, .logging, .coreMetrics, .deque, .nioCore,
                .nioHTTP1,
                .nioPosix, .nioSSL,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DatabaseSubsystemTests",
            dependencies: [
                "DatabaseSubsystem", "CDatabaseClients", "HydrogenHost", "Launch", "Landing", "HydrogenCore",
                "HydrogenTesting",
                .asyncHTTPClient,
                .logging, .coreMetrics, .nioCore, .nioHTTP1, .nioPosix,
            ],
            swiftSettings: settings
        ),

        // A durable queue in tables of PostgreSQL, with the operations of Queen MQ. Knows nothing of HTTP.
        .target(
            name: "MessageQueueSubsystem",
            dependencies: ["DatabaseSubsystem", "HydrogenCore", .crypto, .deque, .logging, .nioCore],
            resources: ["tables", "push", "pop", "ack", "transact", "configure"].map {
                .embedInCode("Schema/\($0).sql")
            },
            swiftSettings: settings
        ),
        .testTarget(
            name: "MessageQueueSubsystemTests",
            dependencies: [
                "MessageQueueSubsystem", "DatabaseSubsystem", "HydrogenHost", "Launch", "Landing", "HydrogenCore",
                "HydrogenTesting", .coreMetrics, .nioCore,
            ],
            swiftSettings: settings
        ),

        // The HTTP server: one controller for each API family, metrics, errors.
        .target(
            name: "WebSubsystem",
            dependencies: [
                "DatabaseSubsystem", "MessageQueueSubsystem", "HydrogenCore", .asyncHTTPClient, .coreMetrics, .crypto,
                .httpTypes, .hummingbird, .hummingbirdCore, .hummingbirdTLS, .jwtKit, .logging, .nioCore, .nioHTTP1,
                .nioPosix, .nioSSL,
                .serviceLifecycle,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WebSubsystemTests",
            dependencies: [
                "WebSubsystem", "DatabaseSubsystem", "HydrogenHost", "Launch", "Landing", "HydrogenCore",
                "HydrogenTesting",
                .httpTypes, .hummingbird, .hummingbirdCore, .hummingbirdTesting, .jwtKit, .logging,
                .coreMetrics, .nioCore,
                .nioEmbedded, .nioHTTP1, .nioPosix, .nioSSL,
            ],
            swiftSettings: settings
        ),

        // What plugin authors prove their subsystems with.
        .target(
            name: "HydrogenTesting",
            dependencies: ["Launch", "Landing", "HydrogenHost", "HydrogenCore", .logging],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HydrogenTestingTests",
            dependencies: ["HydrogenTesting", "HydrogenHost", "Launch", "Landing", "HydrogenCore", .logging],
            swiftSettings: settings
        ),

        // The command line and the list of subsystems.
        .executableTarget(
            name: "hydrogen",
            dependencies: [
                "WebSubsystem", "MessageQueueSubsystem", "DatabaseSubsystem", "HydrogenHost", "Launch", "HydrogenCore",
                .argumentParser,
                .asyncHTTPClient, .logging, .nioCore, .nioHTTP1,
            ],
            swiftSettings: settings
        ),
        // The real binary, a real HTTP client.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "hydrogen", "DatabaseSubsystem", "WebSubsystem", "HydrogenCore", "HydrogenTesting", .asyncHTTPClient,
                .nioCore,
                .nioHTTP1,
            ],
            swiftSettings: settings
        ),
    ]
)
