import AfterDelivery
import CDF
import ConfigFile
import Delivery
import Foundation
import Inbox
import Inspection
import Ledger
import Reports
import Settings
import Station

// The configuration, as each part of the daemon needs it.
extension Configuration {
    /// Where the reports of each inbox go.
    var reportPlaces: [String: Reporter.Place] {
        inboxes.reduce(into: [:]) { $0[$1.path] = .init(reports: $1.reports, reportAfter: $1.reportAfter) }
    }

    /// What becomes of delivered items, for the inboxes in which they do not stay.
    var clearingRules: [ClearingRule] {
        inboxes.compactMap { inbox in
            let ignore = inbox.settings.ignore
            return switch inbox.after {
            case .keep: nil
            case .move(let folder): ClearingRule(inbox: inbox.path, way: .move(to: folder), ignore: ignore)
            case .delete(let after): ClearingRule(inbox: inbox.path, way: .delete(after: after), ignore: ignore)
            }
        }
    }

    /// The 3D model for the point clouds of each inbox that has one.
    var modelTargets: [String: ModelTarget] { inboxes.reduce(into: [:]) { $0[$1.path] = $1.e57?.model } }

    /// How many images the stations of an inbox may add up to in one collection.
    func collectionRule(of inbox: Inbox) -> CollectionRule {
        // With `auto`, the ledger knows the model as soon as something has been sent.
        CollectionRule(
            limit: modelChoice.presumed.reading.mostImages,
            refuses: inbox.collections == .viewerLimit
        )
    }

    /// How stations of each inbox are inspected.
    func intakeRules(converted: ConvertedFaces, now: @escaping @Sendable () -> Date) -> [String: Intake.Rules] {
        inboxes.reduce(into: [:]) { rules, inbox in
            rules[inbox.path] = .init(
                inspection: inbox.inspectionRules(
                    externalIDPrefix: target.externalIDPrefix,
                    converted: converted,
                    now: now
                ),
                poseDrift: .init(accept: inbox.poseDrift == .accept),
                collections: collectionRule(of: inbox),
                files: inbox.fileRules(externalIDPrefix: target.externalIDPrefix, now: now)
            )
        }
    }
}
