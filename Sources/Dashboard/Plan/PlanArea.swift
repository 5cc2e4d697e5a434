import Foundation
import Hummingbird
import Station
import Status

/// `/sites`, and the plan of each: `/sites/SITE`.
struct PlanArea: PageArea {
    let source: PlanSource

    var navigation: [NavigationEntry] { [.init(path: "/sites", title: "Sites")] }

    func add(to router: Router<PageContext>, frame: PageFrame) {
        router.get("/sites") { request, _ in
            // Browsers take `..` and `.` out of paths, also encoded: sites with such ids are asked for here.
            if let site = request.uri.queryParameters["site"], !site.isEmpty {
                if let number = request.uri.queryParameters["station"] {
                    return try await mark(of: Int64(String(number)) ?? 0, in: String(site))
                }
                return try await plan(of: String(site), frame)
            }
            return frame.page(
                .sites,
                title: "Sites",
                section: "/sites",
                content: SiteListPage(try await source.sites())
            )
        }
        router.get("/sites/:site") { _, context in
            try await plan(of: Self.site(in: context), frame)
        }
        // What a mark of a large plan says; small plans have it on the page.
        router.get("/sites/:site/stations/:number") { _, context in
            let number = context.parameters.get("number").flatMap { Int64($0) } ?? 0
            return try await mark(of: number, in: try Self.site(in: context))
        }
    }

    private func mark(of number: Int64, in site: String) async throws -> Response {
        let stations = try await source.stations(site, [number], true) ?? []
        guard let position = SitePlan(stations).positions.first else {
            throw PageError.notFound("There is no such station on this plan.")
        }
        return Response.text(PlanWords.mark(position), type: .plain)
    }

    private func plan(of site: String, _ frame: PageFrame) async throws -> Response {
        guard let stations = try await source.stations(site, nil, false) else {
            throw PageError.notFound(
                "There is no site “\(printable(site, limit: 80))”: no station has this site id.",
                advice: "Choose one from the list of sites."
            )
        }
        let page = SitePlanPage(site: site, try await labelled(SitePlan(stations), of: site))
        return frame.page(.plan, title: "Site \(site)", section: "/sites", content: page)
    }

    /// The plan with labels, as far as its page shows them.
    private func labelled(_ plan: SitePlan, of site: String) async throws -> SitePlan {
        let numbers = SitePlanPage.numbersNamed(by: plan)
        guard !numbers.isEmpty else { return plan }
        let labelled = try await source.stations(site, numbers, true) ?? []
        return plan.named(Dictionary(labelled.map { ($0.number, $0.name) }) { first, _ in first })
    }

    private static func site(in context: PageContext) throws -> String {
        // The router does not decode: a slash in an id stays part of it.
        guard let text = context.parameters.get("site")?.removingPercentEncoding, !text.isEmpty else {
            throw PageError.noSuchPage
        }
        return text
    }
}

/// Addresses with the id of a site in them.
enum SiteAddress {
    private static let plain = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
    )

    static func encoded(_ site: String) -> String { site.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }

    static func plan(of site: String) -> String {
        isTakenOut(site) ? "/sites?site=\(encoded(site))" : "/sites/\(encoded(site))"
    }

    /// What the number of a station follows, in the address of its mark's words.
    static func marks(of site: String) -> String { plan(of: site) + (isTakenOut(site) ? "&station=" : "/stations/") }

    /// Whether browsers take it out of paths, also encoded.
    private static func isTakenOut(_ site: String) -> Bool { site == "." || site == ".." }

    static func table(of site: String, state: ItemState.Name? = nil) -> String {
        "/stations?site=\(encoded(site))" + (state.map { "&state=\($0.rawValue)" } ?? "")
    }
}
