import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// The content types of text.
    enum TextType: String {
        case html = "text/html; charset=utf-8"
        case css = "text/css; charset=utf-8"
        case script = "text/javascript; charset=utf-8"
        case json = "application/json"
        case plain = "text/plain; charset=utf-8"
    }

    static func text(_ body: String, type: TextType, status: HTTPResponse.Status = .ok) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type.rawValue
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
    }

    /// The same answer with the headers that each has: browsers run nothing but drop360's own script, show it in no frame of another
    /// page, and keep nothing unless the answer allows it.
    var guarded: Response {
        var response = self
        response.headers[.contentSecurityPolicy] = """
            default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
            form-action 'self'; frame-ancestors 'none'; base-uri 'none'
            """
        response.headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in Self.isolation { response.headers[name] = value }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }

    private static let isolation: [(HTTPField.Name, String)] = [
        // Not `no-referrer`, which would take the origin from the page's own forms.
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}
