import Foundation
import Ledger
import Station
import Status

/// What `explain` shows of a scan, or of one of its positions.
struct ScanFacts: Encodable {
    /// The number of the scan that a station was read from.
    private var scan: Int64?
    /// How many positions of a scan are in each state.
    private var counts: [String: Int]?
    /// The positions of a scan, those that need help first.
    private var positions: [StationSummary]?
    /// Where the scan's file is; not encoded.
    private var path = ""

    private enum CodingKeys: String, CodingKey { case scan, counts, positions }

    /// Positions that are printed one by one.
    private static let limit = 1000

    /// Nil for items that are neither.
    init?(_ record: ItemRecord, from ledger: ItemLedger) async throws {
        if let scan = record.scan {
            self.scan = scan.rawValue
            path = try await ledger.item(scan).path
        } else if record.kind == .scan {
            let counts = try await ledger.positionCounts(of: record.id)
            self.counts = Dictionary(uniqueKeysWithValues: counts.map { ($0.rawValue, $1) })
            positions = try await ledger.positions(of: record.id, limit: Self.limit).map(StationSummary.init)
        } else {
            return nil
        }
    }

    /// For people.
    var lines: [String] {
        if let scan { return ["position of \(printable(path)), number \(scan)"] }
        guard let positions, let counts, !positions.isEmpty else { return [] }
        let states = ItemState.Name.allCases.compactMap { name in counts[name.rawValue].map { "\($0) \(name.rawValue)" }
        }
        let left = counts.values.reduce(0, +) - positions.count
        return ["Positions (\(states.joined(separator: ", "))):"]
            + positions.map { position in
                let name = position.path.split(separator: "/").last.map(String.init) ?? ""
                let words = (position.words ?? position.image).map { "  " + printable($0, limit: 1000) } ?? ""
                return "  \(printable(name))  \(position.state.rawValue), number \(position.station)\(words)"
            } + (left > 0 ? ["  and \(left) more"] : [])
    }
}
