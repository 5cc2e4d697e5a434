import Access
import ConfigFile
import Dashboard
import LocalServer
import Settings
import Synchronization
import Timing

/// Why the status page cannot be seen, while it cannot.
final class PageTrouble: Sendable {
    private let current: Mutex<String?>

    init(_ plan: PagePlan) {
        switch plan {
        case .guarded: current = Mutex(nil)
        case .closed(let error):
            current = Mutex("\(error.summary) \(error.advice) Then reload: `systemctl reload drop360`.")
        }
    }

    /// What is wrong and what to do, in sentences; nil if all is well.
    var words: String? { current.withLock { $0 } }

    func note(_ words: String?) { current.withLock { $0 = words } }
}

extension Turn {
    /// The status page, for those whom the configuration lets see it; nil where it cannot be protected.
    ///
    /// - Parameters:
    ///   - sources: What it shows.
    ///   - trouble: Kept up to date.
    func page(showing sources: DashboardSources, trouble: PageTrouble) -> DashboardServer? {
        guard case .guarded(let protection) = page else { return nil }
        let dashboard = configuration.dashboard
        let desk = protection.users.map { PasswordDesk($0, now: timeSource.now, logger: logger) }
        return DashboardServer(
            host: dashboard.listen.host,
            port: dashboard.listen.port,
            sources: sources,
            now: timeSource.now,
            logger: logger,
            door: PageDoor(
                hosts: HostRule(listening: dashboard.listen.host, names: dashboard.names),
                keeper: Gatekeeper(proxy: protection.proxy, desk: desk),
                isEncrypted: protection.identity != nil
            ),
            identity: protection.identity,
            sleep: timeSource.sleep,
            changed: trouble.note
        )
    }
}
