import Timing

/// The doorbells of the daemon's services.
///
/// A bell only says that there may be work; the work itself is in the ledger.
struct Bells: Sendable {
    let reading = Doorbell()
    let uploads = Doorbell()
    let registrations = Doorbell()
    let pointClouds = Doorbell()
    let handOvers = Doorbell()
    let following = Doorbell()
    let retractions = Doorbell()
    let clearing = Doorbell()
    let reports = Doorbell()
    let pulse = Doorbell()
    let ledgerWatch = Doorbell()

    /// Called when a station has changed state, or something has become due.
    func stationChanged() { for bell in [reading] + ofStages + [clearing, reports, pulse] { bell.ring() } }

    private var ofStages: [Doorbell] { [uploads, registrations, pointClouds, handOvers, following, retractions] }

    /// Called when an inbox is lost or back: its scans and uploads are put off, or may continue.
    func inboxChanged() { for bell in [reading, uploads, pointClouds, pulse] { bell.ring() } }

    /// To be rung when CDF can be reached again.
    var ofReadyLink: [Doorbell] { ofStages + [pulse] }

    /// Called when CDF can no longer be reached: only systemd needs to know.
    func linkBroke() { pulse.ring() }

    /// Called when another process has written into the ledger.
    func ledgerWritten() { ledgerWatch.ring() }
}
