import Delivery
import DropFolder
import Foundation
import Inspection
import Ledger
import Station
import Synchronization
import TestSupport
import Testing
import Timing

@testable import Daemon

/// A scan in a ledger, whose positions say what the test wants when they are read.
final class ScriptedScan: Sendable {
    private struct Script {
        var positions: [String]
        var listing: PositionListing?
        /// What the next inspections of a position find; accepted where nothing is left.
        var verdicts: [String: [Verdict]] = [:]
        /// Done once, while a position is being inspected.
        var meanwhile: [String: @Sendable () async throws -> Void] = [:]
        var inspected: [String] = []
        var looks = 0
        var changes: [ItemRecord] = []
    }

    static let path = "site/hall.e57"
    /// Bytes of the faces of one position.
    static let size: Int64 = 6000

    let desk: Desk
    let board = TransferBoard()
    let bell = Doorbell()
    let lost = Mutex<Set<String>>([])
    let isStopping = Mutex(false)
    private let script: Mutex<Script>
    private let scratch: Int64

    init(_ positions: [String], scratch: Int64 = 1 << 30) throws {
        desk = try Desk()
        script = Mutex(Script(positions: positions))
        self.scratch = scratch
    }

    var location: ItemPath { ItemPath(inbox: desk.inbox.path, path: Self.path) }

    /// The positions that were inspected so far, in order.
    var inspected: [String] { script.withLock { $0.inspected } }
    /// How often the inbox was asked to look at the file again.
    var looks: Int { script.withLock { $0.looks } }
    /// The changes that were announced, the scan's own only.
    var announced: [ItemState.Name] { script.withLock { $0.changes.filter { $0.kind == .scan }.map(\.state.name) } }

    func will(_ verdicts: Verdict..., at position: String) { script.withLock { $0.verdicts[position] = verdicts } }
    func lists(_ listing: PositionListing?) { script.withLock { $0.listing = listing } }
    func holds(_ positions: [String]) { script.withLock { $0.positions = positions } }
    func meanwhile(_ position: String, _ work: @escaping @Sendable () async throws -> Void) {
        script.withLock { $0.meanwhile[position] = work }
    }

    /// Has the file accepted with this content.
    @discardableResult
    func accepts(_ content: String = "one") async throws -> ItemRecord {
        let scan = Scan(
            name: "hall.e57",
            size: 1,
            fileDigest: FileDigest(rawValue: ContentDigest(over: [content]).rawValue),
            digest: ContentDigest(over: ["scan", content]),
            positions: script.withLock { $0.positions.count }
        )
        let sighting = Sighting(
            .scan,
            at: location,
            stamp: Stamp(rawValue: content),
            outcome: .accepted(.scan(scan))
        )
        return try await desk.ledger.record(sighting, at: desk.clock.date)
    }

    /// A new process's reader.
    var reader: ScanReader {
        ScanReader(
            ReadingContext(
                ledger: desk.ledger,
                rules: [desk.inbox.path: .init(scratch: scratch)],
                list: { await self.list($0) },
                faces: ConvertedFaces(state: desk.state.path),
                board: board,
                timeSource: desk.timeSource,
                logger: Desk.silent,
                changed: { record in self.script.withLock { $0.changes.append(record) } },
                lookAgain: { _ in self.script.withLock { $0.looks += 1 } },
                lostPlaces: { self.lost.withLock { $0 } },
                isStopping: { self.isStopping.withLock { $0 } }
            ),
            bell: bell
        )
    }

    private func list(_ scan: ItemRecord) async -> PositionListing {
        let (listing, positions) = script.withLock { ($0.listing, $0.positions) }
        if let listing { return listing }
        let content = scan.state.digest?.rawValue ?? ""
        return .positions(
            positions.enumerated().map { index, name in
                ListedPosition(number: index + 1, name: name) { await self.inspect(name, content) }
            }
        )
    }

    private func inspect(_ name: String, _ content: String) async -> InspectionReport {
        let (verdict, work) = script.withLock { script in
            script.inspected.append(name)
            let verdict = script.verdicts[name]?.isEmpty == false ? script.verdicts[name]?.removeFirst() : nil
            return (verdict, script.meanwhile.removeValue(forKey: name))
        }
        do { try await work?() } catch { Issue.record("\(error)") }
        var capture = Capture.sample("\(name) of \(content)", station: name)
        for face in Face.allCases { capture.faces[face]?.storedIn = place(of: name) }
        return InspectionReport(
            path: "\(Self.path)/\(name)/",
            snapshotStamp: Stamp(rawValue: "s"),
            verdict: verdict ?? .accepted(capture)
        )
    }

    func place(of position: String) -> String { "place-of-\(position)" }

    // MARK: The ledger

    func scan() async throws -> ItemRecord { try #require(try await desk.ledger.item(at: location)) }

    func position(_ name: String) async throws -> ItemRecord {
        let location = ItemPath(inbox: desk.inbox.path, path: "\(Self.path)/\(name)/")
        return try #require(try await desk.ledger.item(at: location))
    }

    func deliver(_ names: String...) async throws {
        for name in names { try await desk.deliver(try await position(name)) }
    }
}
