package import HTTPTypes

/// Which page made a browser send a request, as far as the browser says.
///
/// A page of another site can make the operator's browser send requests here, with the operator's password. Browsers do not let pages change
/// or leave out these headers; other programs send none of them.
package enum BrowserOrigin {
    /// Whether a form may have been sent by one of this server's own pages.
    ///
    /// - Parameters:
    ///   - head: Of the request.
    ///   - schemes: `http` or `https`, as browsers reach this server; both if a proxy in front of it decides.
    package static func isOwn(_ head: HTTPRequest, schemes: [String]) -> Bool {
        if let site = value("sec-fetch-site", head), site != "same-origin" { return false }
        guard let origin = value("origin", head) else { return true }
        guard let authority = head.authority?.lowercased() else { return false }
        return schemes.contains { origin == "\($0)://\(authority)" }
    }

    /// Whether a request reads for one of this server's own pages, or for a person who follows a link or types an address.
    ///
    /// False for the pictures, frames, scripts and requests of other pages, also of those on other ports of this machine.
    package static func mayRead(_ head: HTTPRequest) -> Bool {
        guard let site = value("sec-fetch-site", head), site != "same-origin", site != "none" else { return true }
        return [.get, .head].contains(head.method) && value("sec-fetch-mode", head) == "navigate"
            && value("sec-fetch-dest", head) == "document"
    }

    private static func value(_ name: String, _ head: HTTPRequest) -> String? {
        HTTPField.Name(name).flatMap { head.headerFields[$0] }?.lowercased()
    }
}
