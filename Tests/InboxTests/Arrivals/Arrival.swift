import Foundation
import Testing

/// One way in which a station comes into a drop folder.
struct Arrival: Sendable, CustomTestStringConvertible {
    let name: String
    /// All stations of a run at once, where one takes long.
    var isSlow = false
    /// Brings the finished station at `source` into `inbox` under `path`; blocks until it is there.
    let bring: @Sendable (_ source: String, _ inbox: String, _ path: String) throws -> Void

    var testDescription: String { name }

    /// The seven files of a station, the sidecar last.
    static func files(of source: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: source).sorted {
            ($0 == "pose.json" ? 1 : 0, $0) < ($1 == "pose.json" ? 1 : 0, $1)
        }
    }

    /// Makes the folder of a station, with those above it.
    static func makeFolder(_ inbox: String, _ path: String) throws -> String {
        try FileManager.default.createDirectory(atPath: inbox + "/" + path, withIntermediateDirectories: true)
        return inbox + "/" + path
    }

    static func parent(_ inbox: String, _ path: String) throws -> String {
        try makeFolder(inbox, (path as NSString).deletingLastPathComponent)
    }

    static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    struct Failure: Error, CustomStringConvertible { let description: String }

    /// Runs a program to its end.
    static func run(_ words: String..., input: String = "", in folder: String = "/") throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let (stdin, output) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                description:
                    "\(words) ended with \(process.terminationStatus): \(String(decoding: said, as: UTF8.self))"
            )
        }
    }
}
