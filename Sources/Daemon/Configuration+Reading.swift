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
            guard let e57 = inbox.e57, e57.extract == .here else { return }
            rules[inbox.path] = .init(
                poseDrift: .init(accept: inbox.poseDrift == .accept),
                collections: collectionRule(of: inbox),
                scratch: e57.scratch.bytes
            )
        }
    }

    /// How the positions of a scan are found and inspected.
    func positionLister(
        by inspector: Inspector,
        converted: ConvertedFaces,
        now: @escaping @Sendable () -> Date
    ) -> PositionLister {
        let rules = inboxes.reduce(into: [:]) { rules, inbox in
            rules[inbox.path] = inbox.inspectionRules(
                externalIDPrefix: target.externalIDPrefix,
                converted: converted,
                now: now
            )
        }
        return PositionLister(inspector: inspector, rules: rules, faces: converted)
    }
}
