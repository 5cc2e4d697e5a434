import Timing

/// Who is woken by what.
///
/// A bell says that there may be something to do; what it is stands in the ledger.
struct Bells: Sendable {
    let uploads = Doorbell()
    let registrations = Doorbell()
    let reports = Doorbell()
    let pulse = Doorbell()
    let ledgerWatch = Doorbell()

    /// A station is in another state, or something became due.
    func stationChanged() { for bell in [uploads, registrations, reports, pulse] { bell.ring() } }

    /// What is to be sent from an inbox waits, or need wait no more.
    func inboxChanged() { for bell in [uploads, pulse] { bell.ring() } }

    /// CDF can be reached again.
    var ofReadyLink: [Doorbell] { [uploads, registrations, pulse] }

    /// CDF cannot be reached any more: nobody but systemd need know.
    func linkBroke() { pulse.ring() }

    /// Another process has written into the ledger.
    func ledgerWritten() { ledgerWatch.ring() }
}
