import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Station
import Timing

extension CDFClient {
    /// Creates the file and sends its bytes; a refused upload address is replaced by a fresh one.
    ///
    /// The bytes are hashed as they are sent: a file that is no longer what was inspected is aborted before its last byte, so that
    /// CDF keeps what it had.
    ///
    /// - Parameters:
    ///   - description: The file's entry in CDF.
    ///   - source: The bytes and the digest they must have.
    ///   - isOurs: Whether the file is certainly ours if CDF has it.
    ///   - progress: Called on each piece handed to the network, in bytes; a retry takes back what it sent before.
    /// - Returns: CDF's number of the file, once CDF has confirmed all bytes.
    package func upload(
        _ description: FileDescription,
        from source: FileSource,
        isOurs: Bool = false,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(CDFError) -> Int64 {
        var isOurs = isOurs
        var issued: (ticket: UploadTicket, at: Date)?
        let name = description.externalId
        // A second PUT of the same bytes leaves the same content.
        return try await repetition.run(Self.asked(name), .idempotent) { _ async throws(CDFError) in
            let ticket: UploadTicket
            if let issued, timeSource.now().timeIntervalSince(issued.at) < Self.goodFor {
                ticket = issued.ticket
            } else {
                ticket = try await createFile(description, isOurs: isOurs)
                issued = (ticket, timeSource.now())
                isOurs = true
            }
            try await waitForTurn(.store)
            let epoch = pace.epoch
            let counted = SentBytes(progress)
            var kept = false
            defer { if !kept { counted.takeBack() } }
            do throws(TryFailure) {
                let (answer, md5) = try await put(
                    source.whole,
                    of: source,
                    to: ticket.url,
                    type: ticket.mimeType ?? description.mimeType,
                    counted: counted
                )
                guard answer.isSuccess else {
                    applyBackpressure(answer, .store, begunIn: epoch)
                    if Self.addressRefusals.contains(answer.status) { issued = nil }
                    return .failed(Self.verdict(of: answer, name: name, host: settings.host, now: timeSource.now()))
                }
                if let problem = Self.disagreement(of: answer, size: source.size, md5: md5) {
                    return .failed(Verdict(error: problem.withHost(settings.host), mayRepeat: true))
                }
                // The bytes are the inspected ones; the file may have changed since.
                try await stillUnchanged(source)
                kept = true
                pace.recordSuccess()
                return .done(ticket.id)
            } catch {
                return .failed(try Verdict(of: error, host: URL(string: ticket.url)?.host ?? settings.host))
            }
        }
    }

    private static func asked(_ name: String) -> String { "the bytes of file \(printable(name))" }

    /// The longest an upload address is used, in seconds; CDF accepts it for a week.
    private static let goodFor: TimeInterval = 86_400

    /// One PUT.
    ///
    /// Never with our credentials: the address itself is the permission.
    func put(
        _ part: FilePart,
        of source: FileSource,
        to address: String,
        type: String?,
        counted: SentBytes
    ) async throws(TryFailure) -> (Answer, md5: String?) {
        let url = address.hasPrefix("/") ? settings.host + address : address
        if let objection = objection(to: url) {
            throw .source(.notCDF(host: URL(string: url)?.host ?? "the upload host", detail: objection))
        }
        var request = HTTPClientRequest(url: url)
        request.method = .PUT
        if let type { request.headers.add(name: "content-type", value: type) }
        request.headers.add(name: "user-agent", value: settings.application)
        let body = FileBody(
            source: source,
            part: part,
            readers: readers,
            counted: counted,
            budget: budget,
            timeSource: timeSource,
            meters: exchange.meters
        )
        // The length is always sent: the stores behind CDF refuse chunked bodies.
        request.body = .stream(body, length: .known(part.size))
        let answer = try await exchange.once(request, within: .progress, size: 1 << 20)
        return (answer, body.digests.md5)
    }

    /// Why no bytes may be sent to the upload address `url`; nil if they may.
    ///
    /// An address on this machine is only accepted from a CDF that is on this machine itself.
    private func objection(to url: String) -> String? {
        let isHere = Loopback.contains(url: url)
        if isHere, !Loopback.contains(url: settings.host) { return "an upload address on this machine" }
        return isHere || url.lowercased().hasPrefix("https://") ? nil : "an upload address without encryption"
    }

    /// The address is used up, expired or unknown: a fresh one may work.
    static let addressRefusals: Set<Int> = [400, 401, 403, 404, 405, 409, 410, 411, 412]

    static func verdict(of answer: Answer, name: String, host: String, now: Date) -> Verdict {
        let asked = asked(name)
        guard addressRefusals.contains(answer.status) else {
            return Verdict(of: answer, asked: asked, host: host, now: now)
        }
        return Verdict(
            error: .serverTrouble(
                asked: asked,
                status: answer.status,
                message: "the upload address was refused (\(answer.errorMessage))",
                retryAfter: nil,
                requestID: answer.requestID
            ),
            mayRepeat: true
        )
    }

    /// How a store's successful answer contradicts the bytes that were sent; nil if it does not.
    static func disagreement(of answer: Answer, size: Int64, md5: String?) -> CDFError? {
        guard !answer.body.isEmpty else { return nil }
        if answer.looksLikePage { return .notCDF(host: "", detail: "a page in answer to an upload") }
        struct Stored: Decodable {
            var md5Hash: String?
            var size: String?
        }
        // Only Google's store describes what it holds; no other body describes the bytes.
        guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(answer.body)) else { return nil }
        let wrongSize = stored.size.flatMap { Int64($0) }.map { $0 != size } ?? false
        let wrongHash = stored.md5Hash.map { $0 != md5 } ?? false
        guard wrongSize || wrongHash else { return nil }
        return .serverTrouble(
            asked: "an upload",
            status: answer.status,
            message: "the store holds other bytes than those sent",
            retryAfter: nil,
            requestID: answer.requestID
        )
    }
}

extension CDFError {
    func withHost(_ host: String) -> CDFError {
        if case .notCDF("", let detail) = self { return .notCDF(host: host, detail: detail) }
        return self
    }
}
