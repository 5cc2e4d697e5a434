import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Station
import Timing

/// One request's answer, read to its end.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]

    var requestID: String? { headers.first(name: "x-request-id") }
    var isSuccess: Bool { (200..<300).contains(status) }

    var isHTML: Bool { headers.first(name: "content-type")?.lowercased().contains("text/html") ?? false }

    /// Whether the body is a web page: what captive portals and proxies answer.
    var looksLikePage: Bool {
        if isHTML { return true }
        return body.first { !" \r\n\t".utf8.contains($0) } == UInt8(ascii: "<")
    }

    /// Whether CDF says that it does not know what the request names: a 404, or an error with `missing`.
    var isNotFound: Bool {
        struct Detailed: Decodable {
            struct Inner: Decodable {
                struct Something: Decodable {}
                var missing: [Something]?
            }
            var error: Inner
        }
        guard status != 404 else { return true }
        // An error in another form does not say what is missing.
        let error = try? JSONDecoder().decode(Detailed.self, from: Data(body))
        return [400, 422].contains(status) && error?.error.missing?.isEmpty == false
    }

    /// The error message in the body, whatever its form: CDF's object, a bare string, or text.
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
        return text.isEmpty ? "no reason given" : text
    }
}

/// Why a single try got no usable answer.
enum TryFailure: Error {
    /// The network's fault.
    case network(String, Effect)
    /// The connection to the server failed at a known point.
    case onTheWay(CDFError, mayRepeat: Bool, Effect)
    /// The body's source failed: the file changed or could not be read.
    case source(CDFError)
    case interrupted
}

/// Sends single requests over the pooled connections and classifies what can go wrong with them.
struct Exchange: Sendable {
    /// How long a try may take.
    enum Limit: Sendable {
        /// From the first byte of the request to the last one of the answer.
        case whole(Duration)
        /// As long as data moves; only the answer's body has to arrive within ``CDFSettings/requestTimeout``.
        case progress
    }

    let connections: Connections
    let settings: CDFSettings
    let timeSource: TimeSource
    let meters: RequestMeters
    /// Shared by all copies.
    let clock = ServerClock()

    private struct TookTooLong: Error {
        var limit: Duration
    }

    /// - Parameter size: The most bytes of the answer that are read.
    func once(_ request: HTTPClientRequest, within limit: Limit, size: Int = 32 << 20) async throws(TryFailure)
        -> Answer
    {
        let endpoint = RequestMeters.Endpoint(of: request, within: limit, project: settings.projectURL)
        let begun = ContinuousClock.now
        do throws(TryFailure) {
            let answer = try await send(request, within: limit, size: size)
            meters.record(.init(answer), of: endpoint, since: begun)
            clock.note(answer, at: timeSource.now())
            return answer
        } catch {
            meters.record(.init(error), of: endpoint, since: begun)
            throw error
        }
    }

    private func send(_ request: HTTPClientRequest, within limit: Limit, size: Int) async throws(TryFailure) -> Answer {
        let client = connections.client(for: request.url)
        do {
            switch limit {
            case .whole(let time):
                return try await ended(within: time) {
                    // The library's own limit ends with the answer's head.
                    let response = try await client.execute(request, timeout: .nanoseconds(time.nanoseconds * 2))
                    return try await Self.read(response, size)
                }
            case .progress:
                let response = try await client.execute(request, timeout: .hours(7 * 24))
                return try await ended(within: settings.requestTimeout) { try await Self.read(response, size) }
            }
        } catch let error as CDFError {
            throw .source(error)
        } catch let error as TookTooLong {
            throw .network("the complete answer did not arrive within \(error.limit.inSeconds.formatted()) s", .unknown)
        } catch is CancellationError {
            throw .interrupted
        } catch let error as HTTPClientError where error == .cancelled {
            throw .interrupted
        } catch {
            if Task.isCancelled { throw .interrupted }
            throw await ConnectionFailure(error: error, url: request.url, connections: connections).sorted()
        }
    }

    private static func read(_ response: HTTPClientResponse, _ size: Int) async throws -> Answer {
        let body = try await response.body.collect(upTo: size)
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Array(body.readableBytesView)
        )
    }

    /// The result of `work`; cancels it if it takes longer than `limit`.
    private func ended(
        within limit: Duration,
        _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask(operation: work)
            group.addTask {
                try await timeSource.timeLimit(limit)
                throw TookTooLong(limit: limit)
            }
            defer { group.cancelAll() }
            // There are two tasks: one of them ends first.
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }
}

extension Duration {
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
