import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Station

/// One request's answer, read to its end.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]

    var requestID: String? { headers.first(name: "x-request-id") }
    var isSuccess: Bool { (200..<300).contains(status) }

    var isHTML: Bool { headers.first(name: "content-type")?.lowercased().contains("text/html") ?? false }

    /// Whether the body is a page for people: what captive portals and proxies answer.
    var looksLikePage: Bool {
        if isHTML { return true }
        return body.first { !" \r\n\t".utf8.contains($0) } == UInt8(ascii: "<")
    }

    /// What the body says went wrong, whatever its form: CDF's object, a bare string, or text.
    var errorMessage: String {
        struct Detailed: Decodable {
            struct Inner: Decodable {
                struct Reference: Decodable { var externalId: String? }
                var message: String?
                var missing: [Reference]?
                var duplicated: [Reference]?
            }
            var error: Inner
        }
        struct Plain: Decodable {
            var error: String
            var error_description: String?
        }
        let data = Data(body)
        let decoder = JSONDecoder()
        // Each form is tried in turn; a body in none of them is shown as text below.
        if let detailed = try? decoder.decode(Detailed.self, from: data), let message = detailed.error.message {
            return message
        }
        if let plain = try? decoder.decode(Plain.self, from: data) {
            return [plain.error, plain.error_description].compactMap(\.self).joined(separator: ": ")
        }
        let text = String(decoding: body.prefix(300), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? "no words were given" : text
    }
}

/// Why a single try brought no usable answer.
enum TryFailure: Error {
    /// The network's fault; nobody knows whether the server acted.
    case network(String)
    /// The body's source failed: the file changed or could not be read.
    case source(CDFError)
    case interrupted
}

/// Sends single requests over the pooled connections and sorts what can go wrong with them.
struct Exchange: Sendable {
    let http: HTTPClient
    let settings: CDFSettings

    /// - Parameter limit: Bytes of the answer that are read at most.
    func once(_ request: HTTPClientRequest, timeout: Duration, limit: Int = 32 << 20) async throws(TryFailure) -> Answer
    {
        do {
            let response = try await http.execute(request, timeout: .nanoseconds(timeout.nanoseconds))
            let body = try await response.body.collect(upTo: limit)
            return Answer(
                status: Int(response.status.code),
                headers: response.headers,
                body: Array(body.readableBytesView)
            )
        } catch let error as CDFError {
            throw .source(error)
        } catch is CancellationError {
            throw .interrupted
        } catch let error as HTTPClientError where error == .cancelled {
            throw .interrupted
        } catch {
            if Task.isCancelled { throw .interrupted }
            throw .network(Self.words(for: error))
        }
    }

    private static func words(for error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout: "no connection within the time limit"
        case let error as HTTPClientError where error == .readTimeout: "no answer within the time limit"
        case let error as HTTPClientError where error == .writeTimeout: "nothing was taken within the time limit"
        case let error as HTTPClientError where error == .deadlineExceeded: "the request took longer than allowed"
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            "the connection was closed before an answer came"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        default: String(describing: error)
        }
    }
}

extension Duration {
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
