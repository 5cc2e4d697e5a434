import Foundation
import Ledger
import Station
import TestSupport
import Testing

@testable import Status

/// The audit list: every content of every item, with what became of it.
struct AuditTests {
    /// A ledger to be filled by hand.
    private struct Book: LedgerKeeping {
        let folder: TemporaryFolder
        let clock = ManualClock()
        let ledger: ItemLedger
        let inboxPath = "/srv/inbox"

        init() throws {
            folder = try TemporaryFolder()
            ledger = try ItemLedger(directory: folder.path, exclusively: true)
        }

        var now: Date {
            clock.advance(by: .seconds(1))
            return clock.date
        }

        func audit(site: String? = nil, since: Date? = nil, piece: Int = 200) async throws -> [AuditItem] {
            var (items, last): ([AuditItem], ItemNumber?) = ([], nil)
            repeat {
                let next = try await ledger.audit(after: last, site: site, since: since, limit: piece)
                items += next.records.map(AuditItem.init)
                last = next.last
            } while last != nil
            return items
        }
    }

    @Test func `corrections, revisits, images left behind and refusals are all in the list`() async throws {
        let book = try Book()
        try await book.record("a", .sample("one"))
        try await book.deliver("a")
        try await book.record("a", .sample("corrected"))
        try await book.deliver("a")
        try await book.record("later", .sample("later", time: .eleven))
        try await book.record("b", .sample("before", station: "s2"))
        try await book.deliver("b")
        try await book.record("b", .sample("after", station: "s3"))
        try await book.record("c", rejected: "two fronts")
        let items = try await book.audit()
        #expect(items.map(\.path) == ["a", "later", "b", "c"])
        #expect(
            items.map { $0.contents.map(\.status) } == [
                [.replaced, .present], [.present], [.leftBehind, .present], [],
            ]
        )
        #expect(items[0].contents.map(\.revision) == [1, 2])
        #expect(items[0].contents.map { $0.station?.visit } == [1, 1])
        #expect(items[1].contents.map { $0.station?.visit } == [2])
        #expect(items[0].contents[1].files.map(\.role) == Face.allCases.map(\.rawValue))
        #expect(items[0].contents[1].files.allSatisfy { $0.fileNumber != nil && $0.bytes == 1000 })
        #expect(items[1].contents[0].files.allSatisfy { $0.fileNumber == nil })
        #expect(items[3].words == "two fronts")
    }

    @Test func `the list is the same whatever the size of its pieces`() async throws {
        let book = try Book()
        for number in 1...7 { try await book.record("s\(number)", .sample("\(number)", station: "s\(number)")) }
        let all = try await book.audit()
        #expect(all.map(\.number) == Array(1...7))
        for piece in [1, 3, 7, 8] { #expect(try await book.audit(piece: piece) == all) }
    }

    @Test func `one site, and what changed since, can be listed alone`() async throws {
        let book = try Book()
        try await book.record("a", .sample("one", site: "site-a"))
        let then = book.now
        try await book.record("b", .sample("two", site: "site-b"))
        try await book.record("c", .sample("three", station: "s3", site: "site-a"))
        #expect(try await book.audit(site: "site-a").map(\.path) == ["a", "c"])
        #expect(try await book.audit(since: then).map(\.path) == ["b", "c"])
        #expect(try await book.audit(site: "site-a", since: then, piece: 1).map(\.path) == ["c"])
        #expect(try await book.audit(site: "nowhere").isEmpty)
    }

    @Test func `every line of the CSV has as many cells as the header`() async throws {
        let book = try Book()
        try await book.record("a, \"b\"", .sample("one"))
        try await book.deliver("a, \"b\"")
        try await book.record("c", incomplete: "face top\r\nis missing")
        let header = Self.cells(AuditCSV.header)
        #expect(header.count == 1 && Set(header[0]).count == header[0].count)
        let items = try await book.audit()
        let lines = Self.cells(try items.map(AuditCSV.lines).joined())
        #expect(lines.map(\.count) == [header[0].count, header[0].count])
        let first = Dictionary(uniqueKeysWithValues: zip(header[0], lines[0]))
        #expect(first["path"] == "a, \"b\"" && first["state"] == "registered" && first["metadata"] == #"{"crew":"7"}"#)
        #expect(first["takenAt"] == "2026-05-01T10:00:00.000Z" && first["x"] == "1.0" && first["heading"] == "180.0")
        #expect(first["front.externalID"] == "site-a/s1/20260501T100000Z/front" && first["front.bytes"] == "1000")
        #expect(first["pointCloud.bytes"] == "")
        let second = Dictionary(uniqueKeysWithValues: zip(header[0], lines[1]))
        #expect(second["words"]?.contains("\n") == false && second["externalID"] == "")
    }

    @Test(arguments: [
        ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"), ("+1", "'+1"), ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"), ("\u{FF1D}1", "'\u{FF1D}1"), ("|cmd", "'|cmd"), ("a=1", "a=1"), ("site-a", "site-a"),
    ])
    func `texts that a spreadsheet would run are marked as text`(text: String, cell: String) {
        var row = CSVRow()
        row.add(text)
        #expect(Self.cells(row.text) == [[cell]])
    }

    @Test func `a tab, which some spreadsheets skip before a formula, does not hide one`() {
        var row = CSVRow()
        row.add("\t=1")
        #expect(Self.cells(row.text).first?.first?.hasPrefix("'") == true)
    }

    @Test func `negative numbers stay numbers`() {
        var row = CSVRow()
        row.add(-1.5)
        row.add(Int64(-7))
        row.add(nil as Date?)
        #expect(row.text == "-1.5,-7,")
    }

    /// Reads CSV as RFC 4180 has it.
    private static func cells(_ text: String) -> [[String]] {
        var (rows, row, cell, isQuoted): ([[String]], [String], String, Bool) = ([], [], "", false)
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"" where isQuoted && rest.first == "\"":
                rest.removeFirst()
                cell.append("\"")
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                row.append(cell)
                cell = ""
            case "\r" where !isQuoted: break
            case "\n" where !isQuoted:
                rows.append(row + [cell])
                (row, cell) = ([], "")
            default: cell.unicodeScalars.append(scalar)
            }
        }
        if !row.isEmpty || !cell.isEmpty { rows.append(row + [cell]) }
        return rows
    }
}
