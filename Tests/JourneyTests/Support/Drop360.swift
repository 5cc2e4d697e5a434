import Foundation
import TestSupport
import Testing

/// The real `drop360`, as a process.
enum Drop360 {
    /// The binary stands where the build puts it: beside the tests' own executable.
    static func path() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        // Some ways to run tests load the bundle into another program; then the bundle is among the arguments.
        let places = ([own] + CommandLine.arguments.filter { $0.hasSuffix(".xctest") })
            .map { ($0 as NSString).deletingLastPathComponent + "/drop360" }
        return try #require(
            places.first(where: FileManager.default.isExecutableFile),
            "There is no drop360 at \(places.joined(separator: " or ")): build it first with `swift build --build-tests`."
        )
    }

    /// A process of drop360, whose environment holds nothing of this one's configuration.
    static func start(
        _ arguments: [String],
        environment: [String: String] = [:],
        in folder: String,
        log: String
    ) throws -> ChildProcess {
        var all = ProcessInfo.processInfo.environment
        for key in all.keys
        where ["NOTIFY_", "WATCHDOG_", "DROP360_", "COGNITE_", "CREDENTIALS_"].contains(where: key.hasPrefix) {
            all[key] = nil
        }
        all["DROP360_DASHBOARD_PORT"] = "0"
        all.merge(environment) { _, new in new }
        return try ChildProcess(try path(), arguments, environment: all, in: folder, log: log)
    }
}

/// A command that has ended.
struct Finished: Sendable {
    let exit: ChildProcess.Exit
    let output: String
    let errors: String
    let everythingPrinted: Data

    func facts() throws -> Facts { try Facts.parse(output) }
}

/// Does `work` for every item, so many at a time: enough to fill two cores with processes that mostly wait.
func inLanes<Item: Sendable>(
    _ lanes: Int,
    _ items: [Item],
    _ work: @escaping @Sendable (Item) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for (index, item) in items.enumerated() {
            if index >= lanes { try await group.next() }
            group.addTask { try await work(item) }
        }
        try await group.waitForAll()
    }
}
