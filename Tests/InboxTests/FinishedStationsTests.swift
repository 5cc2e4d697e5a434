import DropFolder
import Foundation
import Station
import TestSupport
import Testing
import Timing

@testable import Inbox

struct FinishedStationsTests {
    private static func stamp(_ number: Int) -> PackedStamp {
        let text = String(number, radix: 16)
        guard let stamp = PackedStamp(Stamp(rawValue: String(repeating: "0", count: 32 - text.count) + text)) else {
            preconditionFailure("a stamp of 32 digits")
        }
        return stamp
    }

    /// Folders with marks of their own.
    private static let marks: [FolderMark] = {
        guard let folder = try? TemporaryFolder(), let stamp = try? OpenFolder(root: folder.path).stamp() else {
            return []
        }
        return (0..<4).map { number in
            var stamp = stamp
            stamp.modified += Int64(number) * 5_000_000_000
            return FolderMark(stamp)
        }
    }()

    @Test func `a stamp is packed if it has the form of a snapshot's, and only then`() throws {
        let folder = try TemporaryFolder()
        try folder.copy("a")
        #expect(PackedStamp(try folder.stamp(of: "a")) == PackedStamp(try folder.stamp(of: "a")))
        #expect(PackedStamp(try folder.stamp(of: "a")) != nil)
        for text in ["", "gone", "look again", String(repeating: "g", count: 32), String(repeating: "a", count: 31)] {
            #expect(PackedStamp(Stamp(rawValue: text)) == nil)
        }
    }

    @Test(arguments: UInt64(0)..<60)
    func `on any walk the table answers as a dictionary would`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var table = FinishedStations()
        var model: [String: Int] = [:]
        for step in 0..<400 {
            let name = "station-\(Int.random(in: 0..<90, using: &random))" + (Bool.random(using: &random) ? "ø" : "")
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                table.add(name, stamp: Self.stamp(step))
                model[name] = step
            case 2:
                #expect(table.remove(name) == model.removeValue(forKey: name).map(Self.stamp))
            default:
                let listing = UInt32(step + 1)
                let met = Set(model.keys.filter { _ in Int.random(in: 0..<8, using: &random) > 0 })
                for name in met.union(["never there"]) {
                    #expect(
                        table.markSeen(name, mark: Self.marks[0], listing: listing, isDeep: false)
                            == (model[name] != nil)
                    )
                }
                #expect(Set(table.removeUnseen(by: listing)) == Set(model.keys).subtracting(met))
                model = model.filter { met.contains($0.key) }
            }
            #expect(table.count == model.count)
            #expect(table.stamp(of: name) == model[name].map(Self.stamp))
        }
        #expect(Set(table.allNames) == Set(model.keys))
    }

    @Test func `only stations whose folder looks different, or was never listed, are due`() {
        var table = FinishedStations()
        for name in ["a", "b", "c"] { table.add(name, stamp: Self.stamp(1)) }
        func meetAll(isDeep: Bool, b: FolderMark) {
            _ = table.markSeen("a", mark: Self.marks[0], listing: 1, isDeep: isDeep)
            _ = table.markSeen("b", mark: b, listing: 1, isDeep: isDeep)
            _ = table.markSeen("c", mark: Self.marks[0], listing: 1, isDeep: isDeep)
        }
        meetAll(isDeep: false, b: Self.marks[0])
        #expect(table.dueCount == 3)
        #expect(Set(table.takeDue(limit: 2).map(\.name)).count == 2)
        #expect(table.takeDue(limit: 2).count == 1)
        for name in ["a", "b", "c"] { table.note(Self.marks[0], of: name) }
        meetAll(isDeep: false, b: Self.marks[1])
        #expect(table.takeDue(limit: 9).map(\.name) == ["b"])
        meetAll(isDeep: true, b: Self.marks[0])
        #expect(table.takeDue(limit: 9).count == 3)
        #expect(table.makeDue("c") == true)
        #expect(table.makeDue("d") == false)
        table.remove("c")
        #expect(table.dueCount == 0)
    }

    @Test func `a mark shows added names, and nothing is concluded from the mark of a folder that has just changed`()
        throws
    {
        let folder = try TemporaryFolder()
        let before = FolderMark(try OpenFolder(root: folder.path).stamp())
        #expect(FolderMark(try OpenFolder(root: folder.path).stamp()) == before)
        #expect(FolderMark(try OpenFolder(root: folder.path).stamp(), at: WallClock.nanoseconds) == .unknown)
        #expect(
            FolderMark(try OpenFolder(root: folder.path).stamp(), at: WallClock.nanoseconds + 4_000_000_000) == before
        )
        var later = try OpenFolder(root: folder.path).stamp()
        later.modified += 1
        #expect(FolderMark(later) != before)
    }
}
