import ConfigFile
import Foundation
import Inspection
import Ledger
import Settings
import Station

// The configuration, as the reading of scans needs it.
extension Configuration {
    /// What holds for the scans of each inbox.
    var readingRules: [String: ReadingContext.Rules] {
        inboxes.reduce(into: [:]) { rules, inbox in
            guard let e57 = inbox.e57 else { return }
            rules[inbox.path] = .init(
                poseDrift: .init(accept: inbox.poseDrift == .accept),
                scratch: e57.scratch.bytes
            )
        }
    }

    /// How the positions of a scan are found and inspected.
    func positionListing(
        by inspector: Inspector,
        converted: ConvertedFaces,
        now: @escaping @Sendable () -> Date
    ) -> @Sendable (ItemRecord) async -> PositionListing {
        { _ in .changed }
    }
}
