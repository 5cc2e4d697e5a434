import Foundation
import Ledger
import Station
import TestSupport
import Testing

/// Short words for what happens to a scan and its positions.
struct ScanBench {
    let bench: LedgerBench
    let path: String

    var ledger: ItemLedger { bench.ledger }

    init(_ bench: LedgerBench? = nil, path: String = "site/hall.e57") throws {
        self.bench = try bench ?? LedgerBench()
        self.path = path
    }

    /// Another file of the same ledger.
    func beside(_ path: String) throws -> ScanBench { try ScanBench(bench, path: path) }

    var location: ItemPath { ItemPath(inbox: LedgerBench.inbox, path: path) }

    static func scan(_ content: String = "one", positions: Int = 3) -> Scan {
        Scan(
            name: "hall.e57",
            size: 3_000_000_000,
            fileDigest: FileDigest(rawValue: ContentDigest(over: [content]).rawValue),
            digest: ContentDigest(over: ["scan", content]),
            positions: positions
        )
    }

    @discardableResult
    func record(_ content: String = "one", positions: Int = 3, stamp: String? = nil) async throws -> ItemRecord {
        let sighting = Sighting(
            .scan,
            at: location,
            stamp: Stamp(rawValue: stamp ?? content),
            outcome: .accepted(.scan(Self.scan(content, positions: positions)))
        )
        return try await ledger.record(sighting, at: bench.now)
    }

    func item() async throws -> ItemRecord { try #require(try await ledger.item(at: location)) }

    func position(_ name: String) async throws -> ItemRecord { try await bench.station("\(path)/\(name)/") }

    private func stamp(_ name: String, _ digest: ContentDigest) -> Stamp {
        Stamp(rawValue: "\(name) of \(digest.rawValue.prefix(8))")
    }

    /// - Returns: The names of the positions that need not be read.
    func beginUpload(_ names: [String] = ["s1", "s2", "s3"]) async throws -> Set<String>? {
        let scan = try await item()
        let digest = try #require(scan.state.digest)
        let stamps = names.map { ("\(path)/\($0)/", stamp($0, digest)) }
        let done = try await ledger.beginReading(
            scan.id,
            digest: digest,
            positions: Dictionary(uniqueKeysWithValues: stamps),
            at: bench.now
        )
        return done.map { Set($0.map { String($0.dropFirst(path.utf8.count + 1).dropLast()) }) }
    }

    @discardableResult
    func reads(_ name: String, _ outcome: Sighting.Outcome? = nil, of digest: ContentDigest? = nil) async throws
        -> ItemRecord?
    {
        let scan = try await item()
        let digest = try digest ?? #require(scan.state.digest)
        var capture = Capture.sample("\(name) of \(digest.rawValue.prefix(8))", station: name)
        for face in Face.allCases { capture.faces[face]?.storedIn = "faces of \(path)/\(name)" }
        let sighting = Sighting(
            at: ItemPath(inbox: LedgerBench.inbox, path: "\(path)/\(name)/"),
            stamp: stamp(name, digest),
            outcome: outcome ?? .accepted(.station(capture))
        )
        return try await ledger.recordPosition(sighting, of: scan.id, digest: digest, at: bench.now)
    }

    /// All positions are read.
    @discardableResult
    func readsAll(_ names: [String] = ["s1", "s2", "s3"]) async throws -> ItemRecord {
        let done = try #require(try await beginUpload(names))
        for name in names where !done.contains(name) { try await reads(name) }
        return try await finishes()
    }

    @discardableResult
    func finishes() async throws -> ItemRecord {
        let scan = try await item()
        return try await ledger.finishReading(scan.id, digest: try #require(scan.state.digest), at: bench.now)
    }

    func deliver(_ names: String...) async throws {
        for name in names { try await bench.deliver("\(path)/\(name)/") }
    }

    /// Which position is in which state.
    func states() async throws -> [String: ItemState.Name] {
        let scan = try await item()
        return try await ledger.positions(of: scan.id, limit: 99).reduce(into: [:]) { states, record in
            states[String(record.path.split(separator: "/").last ?? "")] = record.state.name
        }
    }
}
