import CDF
import Foundation
import Inbox
import Inspection
import Ledger
import Meters

/// What the parts of the daemon count by.
///
/// It lives as long as the process: counts go on when the configuration is reloaded.
struct DaemonMeters: Sendable {
    let registry: PrometheusRegistry
    let requests: RequestMeters
    let ledger: LedgerMeters
    let inbox: InboxMeters
    let inspection: InspectionMeters
    let intake: IntakeMeters

    init() {
        registry = PrometheusRegistry(
            RequestMeters.declarations + LedgerMeters.declarations + InboxMeters.declarations
                + InspectionMeters.declarations + IntakeMeters.declarations + DaemonReadings.declarations
                + ProcessReadings.declarations
        )
        requests = RequestMeters(registry)
        ledger = LedgerMeters(registry)
        inbox = InboxMeters(registry)
        inspection = InspectionMeters(registry)
        intake = IntakeMeters(registry, started: Date())
    }
}
