import Foundation
import Hummingbird
import Status

/// The overview `/`, and the same facts for machines: `/status.json` and `/healthz`.
struct OverviewArea: PageArea {
    let status: @Sendable () async throws -> DaemonStatus
    let now: @Sendable () -> Date

    var navigation: [NavigationEntry] { [.init(path: "/", title: "Overview")] }

    func add(to router: Router<PageContext>, frame: PageFrame) {
        router.get("/") { _, _ in
            let page = OverviewPage(try await status(), now: now())
            return frame.page(.overview, title: page.title, section: "/", content: page)
        }
        router.get("/status.json") { _, _ in
            let facts = try JSONEncoder.facts.encode(try await status())
            return Response.text(String(decoding: facts, as: UTF8.self), type: .json)
        }
        router.get("/healthz") { _, _ in
            let status = try await status()
            // Monitors and load balancers look at the status code alone.
            return Response.text(status.health + "\n", type: .plain, status: status.isStuck ? .serviceUnavailable : .ok)
        }
    }
}
