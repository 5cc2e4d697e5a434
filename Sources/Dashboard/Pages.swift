import Foundation
import Mustache
import Station
import Status

/// The pages as files of `Resources`, which are compiled in: the binary serves them wherever it is installed.
struct Pages: Sendable {
    let style: String
    /// Differs with every change of the style sheet, so that browsers may cache it for good.
    let styleDigest: String
    private let status: MustacheTemplate

    /// - Throws: Where a template cannot be parsed: a bug, which `PagesTests` would find.
    init() throws {
        style = String(decoding: PackageResources.style_css, as: UTF8.self)
        styleDigest = String(ContentDigest(over: [style]).rawValue.prefix(12))
        status = try MustacheTemplate(string: String(decoding: PackageResources.status_mustache, as: UTF8.self))
    }

    func statusPage(_ status: DaemonStatus, now: Date) -> String {
        self.status.render(StatusPage(status, now: now, style: styleDigest))
    }
}
