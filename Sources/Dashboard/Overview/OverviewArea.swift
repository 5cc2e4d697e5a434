import Foundation
import Hummingbird
import Station
import Status

/// The overview `/`, and the same facts for machines: `/status.json` and `/healthz`.
struct OverviewArea: PageArea {
    let status: @Sendable () async throws -> DaemonStatus
    let now: @Sendable () -> Date
    /// For its forms.
    let desk: ActionDesk?

    var navigation: [NavigationEntry] { [.init(path: "/", title: "Overview")] }

    func add(to router: Router<PageContext>, frame: PageFrame) {
        router.get("/") { _, context in
            let status = try await status()
            var page = OverviewPage(status, now: now())
            let hasFailed = status.counts[ItemState.Name.failed.rawValue, default: 0] > 0
            page.actions = desk?.forms(isPaused: status.pausedSince != nil, hasFailed: hasFailed, in: context)
            if let desk {
                for index in page.needs.indices {
                    try await page.needs[index].offer { try await desk.forms(for: $0, in: context) }
                }
            }
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
