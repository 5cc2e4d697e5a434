import Access
import ConfigFile
import Dashboard
import LocalServer
import Settings
import Timing

extension Turn {
    /// The status page, for those whom the configuration lets see it.
    func page(showing sources: DashboardSources) -> DashboardServer {
        let dashboard = configuration.dashboard
        let desk = page.users.map { PasswordDesk($0, now: timeSource.now, logger: logger) }
        return DashboardServer(
            host: dashboard.listen.host,
            port: dashboard.listen.port,
            sources: sources,
            now: timeSource.now,
            logger: logger,
            door: PageDoor(
                hosts: HostRule(listening: dashboard.listen.host, names: dashboard.names),
                keeper: Gatekeeper(proxy: page.proxy, desk: desk),
                isEncrypted: page.identity != nil
            ),
            identity: page.identity
        )
    }
}
