import CDF
import ConfigFile
import Foundation
import Inbox
import Inspection
import Ledger
import Logging
import Settings
import Timing

/// What one turn needs, already checked: configuration, log, and the way to CDF.
struct TurnPlan: Sendable {
    var configuration: Configuration
    var logger: Logger
    var cdf: CDFSettings
    var page: PagePlan
    /// The secret that systemd passed on; nil where it comes from elsewhere.
    var credential: Secret?
}

/// Whether there is a status page in this turn.
enum PagePlan: Sendable {
    case guarded(by: PageProtection)
    /// What protects it cannot be used, so it is not served.
    case closed(UnusableSetting)
}

/// What one turn of the daemon works with: its life with one configuration.
struct Turn: Sendable {
    let configuration: Configuration
    let ledger: ItemLedger
    let client: CDFClient
    let meters: DaemonMeters
    let page: PagePlan
    let timeSource: TimeSource
    let logger: Logger
    /// Whether no new work may begin: services are shut down one after the other, and the last of them should not wait for that.
    let isStopping: @Sendable () -> Bool

    init(
        _ plan: TurnPlan,
        ledger: ItemLedger,
        meters: DaemonMeters,
        timeSource: TimeSource,
        isStopping: @escaping @Sendable () -> Bool
    ) {
        configuration = plan.configuration
        logger = plan.logger
        client = CDFClient(
            settings: plan.cdf,
            budget: plan.configuration.budget,
            timeSource: timeSource,
            meters: meters.requests,
            logger: plan.logger
        )
        self.meters = meters
        page = plan.page
        self.ledger = ledger
        self.timeSource = timeSource
        self.isStopping = isStopping
    }

    /// What the ledger knows of each inbox; rendered faces that are no longer needed are removed first.
    func knownStations() async throws(LedgerError) -> sending [String: KnownStations] {
        let (converted, needed) = (ConvertedFaces(state: configuration.state), try await ledger.storedPlaces())
        // Before anything is rendered: what a killed process left half done is begun again under the same name.
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            Thread.detachNewThread {
                converted.sweep(keeping: needed)
                done.resume()
            }
        }
        var known: [String: KnownStations] = [:]
        for inbox in configuration.inboxes {
            let files = inbox.fileRules(externalIDPrefix: "", now: timeSource.now)?.kind
            known[inbox.path] = try await KnownStations.read(from: ledger, inbox: inbox.path, files: files)
        }
        return known
    }
}
