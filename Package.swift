// swift-tools-version: 6.2

import PackageDescription

/// Every target of ours: Swift 6 language mode, no warnings, no implicit imports.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    // `any` is written where a value is boxed: https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // A file names what it uses: https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // Imports stay inside unless said otherwise: https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let lifecycleTestKit = Target.Dependency.product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let inMemoryLogging = Target.Dependency.product(name: "InMemoryLogging", package: "swift-log")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let swiftASN1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// The targets stand in the order in which a station meets them.
let package = Package(
    name: "drop360",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "drop360", targets: ["drop360"]),
        // Not part of the product: loaded into the real binary by the tests of crash safety.
        .library(name: "KillShim", type: .dynamic, targets: ["KillShim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "Station", dependencies: [crypto], swiftSettings: strict),
        .target(name: "Timing", dependencies: [logging, lifecycle], swiftSettings: strict),
        .target(name: "Meters", dependencies: [coreMetrics], swiftSettings: strict),
        .target(name: "DropFolder", dependencies: ["Station"], swiftSettings: strict),
        .target(
            name: "Inbox",
            dependencies: ["Station", "Timing", "Meters", "DropFolder", logging, coreMetrics, lifecycle],
            swiftSettings: strict
        ),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng16", providers: [.apt(["libpng-dev"])]),
        .target(
            name: "CPictures",
            cSettings: [.treatAllWarnings(as: .error)],
            linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png16")]
        ),
        .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "E57", dependencies: ["Station", "DropFolder", "CXML2"], swiftSettings: strict),
        // Not part of the daemon: E57 files for tests and the demo.
        .target(name: "E57Writing", dependencies: ["E57", "Station"], swiftSettings: strict),
        .target(
            name: "Inspection",
            dependencies: [
                "Station", "Meters", "DropFolder", "E57", "CPictures", "CTurboJPEG", "CPNG", "CZlib", coreMetrics,
                crypto, nioPosix,
            ],
            swiftSettings: strict
        ),
        .target(name: "CRename", cSettings: [.define("_GNU_SOURCE"), .treatAllWarnings(as: .error)]),
        .target(name: "Ledger", dependencies: ["Station", "Meters", coreMetrics, grdb], swiftSettings: strict),
        .target(
            name: "CDF",
            dependencies: [
                "Station", "Timing", "Meters", "DropFolder", asyncHTTPClient, logging, coreMetrics, crypto,
                cryptoExtras, nioCore, nioPosix,
                nioHTTP1,
                nioSSL, swiftASN1, x509,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Delivery",
            dependencies: ["Station", "Timing", "DropFolder", "Ledger", "CDF", logging, lifecycle],
            swiftSettings: strict
        ),
        .target(
            name: "AfterDelivery",
            dependencies: [
                "Station", "Timing", "DropFolder", "Ledger", "CRename", crypto, logging, lifecycle, nioPosix,
            ],
            swiftSettings: strict
        ),
        .target(name: "ConfigFile", dependencies: ["Station", yams], swiftSettings: strict),
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),
        .target(
            name: "Access",
            dependencies: ["Station", "CCrypt", crypto, logging, nioPosix],
            swiftSettings: strict
        ),
        .target(
            name: "LocalServer",
            dependencies: [hummingbird, logging, lifecycle, nioCore, nioPosix, nioSSL],
            swiftSettings: strict
        ),
        .target(
            name: "Settings",
            dependencies: [
                "Station", "DropFolder", "Inbox", "Inspection", "CDF", "ConfigFile", "Access", "LocalServer",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Reports",
            dependencies: [
                "Station", "Timing", "DropFolder", "Inspection", "Ledger", logging, lifecycle, nioPosix,
            ],
            swiftSettings: strict
        ),
        .target(name: "Status", dependencies: ["Station", "Inbox", "Ledger"], swiftSettings: strict),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "Health",
            dependencies: [
                "CZlib", "Station", "Timing", "DropFolder", "Inbox", "Ledger", "CDF", "Delivery", "ConfigFile",
                "Settings",
                "Status", "Access", "LocalServer", logging,
            ],
            swiftSettings: strict
        ),
        .target(name: "Programs", swiftSettings: strict),
        .target(
            name: "Messages",
            dependencies: [
                "Station", "Timing", "Programs", "Ledger", "CDF", "Status", asyncHTTPClient, crypto, logging, lifecycle,
                nioCore,
                nioHTTP1, nioPosix,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Dashboard",
            dependencies: [
                "Station", "Timing", "Status", "Access", "LocalServer", hummingbird, mustache, logging, lifecycle,
                nioCore, nioPosix,
            ],
            // Compiled in: a bundle would have to lie beside the binary.
            resources: [.embedInCode("Resources")],
            swiftSettings: strict
        ),
        .target(
            name: "Sandbox",
            dependencies: ["LocalServer", "CZlib", hummingbird, crypto, logging, lifecycle, nioCore, nioPosix],
            swiftSettings: strict
        ),
        .target(
            name: "Daemon",
            dependencies: [
                "Station", "Timing", "DropFolder", "Inbox", "Inspection", "Ledger", "CDF", "Delivery", "AfterDelivery",
                "ConfigFile",
                "Settings", "Reports", "Status", "Messages", "Access", "LocalServer", "Dashboard", "Meters",
                coreMetrics,
                logging, lifecycle, unixSignals,
            ],
            swiftSettings: strict
        ),
        .target(name: "Logs", dependencies: ["Station", "Programs", logging], swiftSettings: strict),
        .executableTarget(
            name: "drop360",
            dependencies: [
                "Daemon", "Sandbox", "Station", "Timing", "Logs", "DropFolder", "CDF", "Ledger", "Inspection",
                "Delivery",
                "ConfigFile", "Settings", "Status", "Health", "Access", argumentParser, logging, lifecycle, unixSignals,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "draw-station",
            dependencies: ["Station", "E57Writing", "E57", "Inspection", argumentParser],
            swiftSettings: strict
        ),
        // Not part of the product: a season of finished stations for scripts/bench-season.
        .executableTarget(
            name: "draw-season",
            dependencies: ["Station", "DropFolder", argumentParser],
            path: "Benchmarks/draw-season",
            exclude: ["measure.py"],
            swiftSettings: strict
        ),
        // Not part of the product: how well seams tell real mistakes, for scripts/bench-seams.
        .executableTarget(
            name: "seam-confusion",
            dependencies: ["Station", "Inspection", "TestSupport", argumentParser],
            path: "Benchmarks/seam-confusion",
            swiftSettings: strict
        ),
        // Not part of the product: one very large file in parts, for scripts/bench-large.
        .executableTarget(
            name: "send-large",
            dependencies: ["Station", "Timing", "CDF", "Ledger", "Delivery", argumentParser, logging],
            path: "Benchmarks/send-large",
            exclude: ["measure.py"],
            swiftSettings: strict
        ),
        .target(
            name: "TestSupport",
            dependencies: [
                "Station", "Timing", "DropFolder", "Inbox", "E57", "E57Writing", "Inspection", "Ledger", "Sandbox",
                logging, lifecycle,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "KillShim",
            path: "Tests/KillShim",
            cSettings: [.define("_GNU_SOURCE"), .treatAllWarnings(as: .error)]
        ),

        .testTarget(name: "StationTests", dependencies: ["Station", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "TimingTests", dependencies: ["Timing", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "MetersTests", dependencies: ["Meters", coreMetrics], swiftSettings: strict),
        .testTarget(
            name: "DropFolderTests",
            dependencies: ["DropFolder", "Station", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "InboxTests",
            dependencies: ["Meters", "Inbox", "Inspection", "DropFolder", "Station", "Timing", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "E57Tests",
            dependencies: ["E57", "E57Writing", "DropFolder", "Station", "TestSupport"],
            exclude: ["pye57"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "InspectionTests",
            dependencies: [
                "CZlib", "Meters", "Inspection", "E57", "E57Writing", "DropFolder", "Station", "TestSupport", crypto,
            ],
            exclude: ["pye57"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LedgerTests",
            dependencies: ["Meters", "Ledger", "Station", "TestSupport", grdb],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CDFTests",
            dependencies: [
                "CDF", "Station", "Timing", "Meters", "Sandbox", "TestSupport", asyncHTTPClient, crypto, cryptoExtras,
                nioSSL,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DeliveryTests",
            dependencies: [
                "Delivery", "DropFolder", "Ledger", "CDF", "Station", "Timing", "Sandbox", "TestSupport",
                lifecycleTestKit,
                inMemoryLogging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AfterDeliveryTests",
            dependencies: [
                "AfterDelivery", "DropFolder", "Inspection", "Ledger", "Station", "Timing", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ConfigFileTests",
            dependencies: ["ConfigFile", "Station", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AccessTests",
            dependencies: ["Access", "Station", "TestSupport", logging, inMemoryLogging],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SettingsTests",
            dependencies: [
                "Settings", "ConfigFile", "CDF", "DropFolder", "Inbox", "Inspection", "Access", "LocalServer",
                "Station",
                "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ReportsTests",
            dependencies: [
                "Reports", "DropFolder", "Inspection", "Ledger", "Station", "Timing", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "StatusTests",
            dependencies: ["Status", "Inbox", "Ledger", "Station", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "HealthTests",
            dependencies: ["Health", "ConfigFile", "Settings", "CDF", "Station", "TestSupport", logging],
            swiftSettings: strict
        ),
        .testTarget(name: "ProgramsTests", dependencies: ["Programs", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "MessagesTests",
            dependencies: [
                "Messages", "CDF", "Ledger", "Status", "Station", "TestSupport", "Timing", crypto, lifecycle,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "Dashboard", "Access", "LocalServer", "Status", "Ledger", "Station", "TestSupport", asyncHTTPClient,
                hummingbird, nioHTTP1, nioSSL, logging,
                lifecycle,
                nioCore,
            ],
            exclude: ["browser"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SandboxTests",
            dependencies: ["Sandbox", asyncHTTPClient, nioCore, "TestSupport"],
            exclude: ["sdk"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "Daemon", "CDF", "Delivery", "DropFolder", "Inbox", "Inspection", "Ledger", "LocalServer", "Meters",
                "Station", "Status", "Timing", "E57Writing", "TestSupport", inMemoryLogging, lifecycle, logging,
                nioCore,
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "LogsTests", dependencies: ["Logs", "TestSupport", logging], swiftSettings: strict),
        .testTarget(
            name: "JourneyTests",
            dependencies: ["drop360", "E57", "E57Writing", "Inspection", "Ledger", "Station", "TestSupport"],
            exclude: ["contract", "metrics"],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)

// Built by scripts/fuzz alone: libFuzzer brings its own main, and everything is compiled to tell it what was covered.
if Context.environment["DROP360_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz",
            dependencies: ["Station", "DropFolder", "E57", "Inspection", "ConfigFile"],
            path: "Tests/Fuzz",
            exclude: ["corpus"],
            swiftSettings: [.unsafeFlags(["-parse-as-library"])]
        )
    )
}
