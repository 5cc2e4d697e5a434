import Hummingbird

/// An error in the API's format: `{"error": {"code", "message", "missing"?, "duplicated"?}}`.
struct APIError: Error {
    var status: Int
    var message: String
    var missing: [JSON]?
    var duplicated: [JSON]?

    static func badRequest(_ message: String, missing: [JSON]? = nil, duplicated: [JSON]? = nil) -> APIError {
        APIError(status: 400, message: message, missing: missing, duplicated: duplicated)
    }

    static func conflict(_ message: String, duplicated: [JSON]? = nil) -> APIError {
        APIError(status: 409, message: message, duplicated: duplicated)
    }

    static let unauthorized = APIError(status: 401, message: "Unauthorized")

    static func notFound(_ message: String) -> APIError { APIError(status: 404, message: message) }

    var json: JSON {
        [
            "error": .members([
                "code": .int(Int64(status)), "message": .string(message), "missing": missing.map(JSON.array),
                "duplicated": duplicated.map(JSON.array),
            ])
        ]
    }
}
