import Foundation

/// One request to the API, as its endpoint sees it.
struct Call: Sendable {
    var method: String
    /// The segments after the project, percent-decoded.
    var path: [String]
    var query: [String: String]
    var body: JSON
    /// The server as the client addressed it, for the URLs in answers: `http://127.0.0.1:8360`.
    var base: String
    /// Whether the header `cdf-version` asks for the beta API.
    var isBeta: Bool
    var effects = UploadEffects()

    func flag(_ name: String) -> Bool { query[name]?.lowercased() == "true" }

    /// The query parameter `parts` of a multipart upload.
    func partCount() throws -> Int {
        guard let parts = query["parts"].flatMap(Int.init), (1...250).contains(parts) else {
            throw APIError.badRequest("The query parameter 'parts' must be between 1 and 250")
        }
        return parts
    }
}
