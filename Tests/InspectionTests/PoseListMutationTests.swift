import Foundation
import Station
import TestSupport
import Testing

@testable import Inspection

/// Lists with mistakes that nobody thought of.
struct PoseListMutationTests {
    private static let pieces = [
        "\"", "(", ")", "[", ",", ";", "\t", "\r", "\n", "#", "=", "e", "-", "\u{2212}", "\\", "/", "1e400", "nan",
        "sep=;\n", "\u{85}", " ", "0",
        "{", "}", "Scans {\n", "\u{0}", "\u{feff}", ":", "i", "j", "k",
    ]

    @Test(.timeLimit(.minutes(15)), arguments: FieldListTests.good)
    func `whatever a list contains, it is refused, or its rows are JSON`(list: FieldListTests.List) throws {
        var random = SeededGenerator(seed: UInt64(list.bytes.count))
        for _ in 0..<60 {
            var bytes = list.bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.insert(contentsOf: Array((Self.pieces.randomElement(using: &random) ?? "").utf8), at: at)
                case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...8, using: &random)))
                case 2 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
                default: bytes.insert(contentsOf: bytes.prefix(at).suffix(20), at: at)
                }
            }
            // A refusal is an answer.
            guard let table = try? PoseTable(bytes, stop: StopSignal()),
                let list = try? PoseList(table, rule: PoseListRule())
            else { continue }
            for row in list.rows {
                guard let text = try? PoseRow(list: list, row: row).sidecar().text else { continue }
                let now = Date(timeIntervalSince1970: 1_780_272_000)
                let reading = SidecarReader.read(
                    Array(text.utf8),
                    file: "poses.csv",
                    line: row.line,
                    zone: nil,
                    now: now
                )
                let isJSON = !reading.problems.contains { $0.code == "sidecar-syntax" || $0.code == "key-duplicate" }
                #expect(isJSON, "\(text)")
            }
            _ = list.names.rows(for: "a/b", below: "b")
        }
    }
}
