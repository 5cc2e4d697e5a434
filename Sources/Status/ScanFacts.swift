package import Ledger
import Station

/// What `explain` and the page show of a scan, or of one of its positions.
package struct ScanFacts: Encodable, Sendable, Equatable {
    /// The number of the scan that a station was read from.
    package private(set) var scan: Int64?
    /// How many positions of a scan are in each state.
    package private(set) var counts: [String: Int]?
    /// The positions of a scan, those that need help first.
    package private(set) var positions: [StationSummary]?
    /// Where the scan's file is; not encoded.
    package private(set) var path = ""

    private enum CodingKeys: String, CodingKey { case scan, counts, positions }

    /// Positions that are printed one by one.
    package static let limit = 1000

    /// Nil for items that are neither.
    ///
    /// - Parameters:
    ///   - record: The item.
    ///   - ledger: Where its positions are.
    ///   - limit: The most positions to read.
    package init?(
        _ record: ItemRecord,
        from ledger: ItemLedger,
        limit: Int = limit
    ) async throws(LedgerError) {
        if let scan = record.scan {
            self.scan = scan.rawValue
            path = try await ledger.item(scan).path
        } else if record.kind == .scan {
            let counts = try await ledger.positionCounts(of: record.id)
            self.counts = Dictionary(uniqueKeysWithValues: counts.map { ($0.rawValue, $1) })
            positions = try await ledger.positions(of: record.id, limit: limit).map(StationSummary.init)
        } else {
            return nil
        }
    }

    /// How many positions in each state, in words: `2 registered, 1 rejected`; empty for other items.
    package var tally: String {
        ItemState.Name.allCases.compactMap { name in counts?[name.rawValue].map { "\($0) \(name.rawValue)" } }
            .joined(separator: ", ")
    }

    /// Positions that are not among ``positions``.
    package var omitted: Int { (counts?.values.reduce(0, +) ?? 0) - (positions?.count ?? 0) }

    /// For people.
    package var lines: [String] {
        if let scan { return ["E57 file   \(printable(path)), number \(scan)"] }
        guard let positions, !positions.isEmpty else { return [] }
        return ["Positions (\(tally)):"]
            + positions.map { position in
                let words = (position.words ?? position.image).map { "  " + printable($0, limit: 1000) } ?? ""
                return "  \(printable(position.name))  \(position.state.rawValue), number \(position.station)\(words)"
            } + (omitted > 0 ? ["  and \(omitted) more"] : [])
    }
}
