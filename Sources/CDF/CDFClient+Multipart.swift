import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Station
import Timing

extension CDFClient {
    /// Creates the file's entry, or takes over the one with the same external id, for a content that comes in `count` parts.
    ///
    /// What the entry held stays until ``completeParts(of:named:)``. Asks first since when it holds that, which tells later whether
    /// a completion whose answer was lost came about.
    package func beginParts(_ description: FileDescription, count: Int) async throws(CDFError) -> PartSession {
        let asked = "the creation of file \(printable(description.externalId)) in \(count) parts"
        // The answer is flat by all SDKs; `items` by CDF's own document.
        struct Begun: Decodable, Sendable {
            struct Entry: Decodable, Sendable {
                var id: Int64
                var uploadId: String
                var uploadUrls: [String]
            }
            var id: Int64?
            var uploadId: String?
            var uploadUrls: [String]?
            var items: [Entry]?

            var entry: Entry? {
                guard let id, let uploadId, let uploadUrls else { return items?.first }
                return Entry(id: id, uploadId: uploadId, uploadUrls: uploadUrls)
            }
        }
        let before = try await fileStatuses([description.externalId])[description.externalId]
        let begun: Begun = try await post(
            "/files/initmultipartupload?parts=\(count)&overwrite=true",
            description,
            asked: asked
        )
        guard let entry = begun.entry, entry.uploadUrls.count == count, !entry.uploadId.isEmpty else {
            let words = begun.entry.map { "\($0.uploadUrls.count) upload addresses" } ?? "no upload addresses"
            throw .unexpectedAnswer(asked: asked, detail: words, requestID: nil)
        }
        return PartSession(
            uploadID: entry.uploadId,
            fileID: entry.id,
            addresses: entry.uploadUrls,
            uploadedBefore: before?.uploadedTime
        )
    }

    /// Sends one part, in a few tries.
    ///
    /// Its bytes are hashed on their way and the file is looked at before and after: a part that is no longer what was inspected
    /// is given up before its last byte, and one whose file was written to meanwhile does not count.
    ///
    /// - Parameters:
    ///   - part: The stretch and its digest.
    ///   - source: The open file.
    ///   - address: Where it goes.
    ///   - name: The file's external id, for the words.
    ///   - progress: Told of each piece that was handed to the network, in bytes; a repetition takes back what it sent before.
    package func send(
        _ part: FilePart,
        of source: FaceSource,
        to address: String,
        named name: String,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(PartFailure) {
        var attempt = 0
        while true {
            attempt += 1
            do throws(CDFError) { try await waitForTurn(.store) } catch { throw .other(error) }
            let counted = SentBytes(progress)
            let outcome: PartTry
            do throws(TryFailure) {
                outcome = try await sendOnce(part, of: source, to: address, named: name, counted: counted)
            } catch {
                counted.takeBack()
                do throws(CDFError) {
                    let host = URL(string: address)?.host ?? settings.host
                    outcome = .unusable(try Verdict(of: error, host: host))
                } catch { throw .other(error) }
            }
            switch outcome {
            case .taken: return
            case .addressRefused(let error):
                counted.takeBack()
                throw .session(error)
            case .unusable(let verdict):
                counted.takeBack()
                do throws(CDFError) {
                    try await pause(
                        afterAttempt: attempt,
                        verdict,
                        saying: "a part is sent again",
                        ["file.external-id": "\(name)"]
                    )
                } catch { throw .other(error) }
            }
        }
    }

    /// What came of one try of one part.
    private enum PartTry {
        case taken
        case addressRefused(CDFError)
        case unusable(Verdict)
    }

    private func sendOnce(
        _ part: FilePart,
        of source: FaceSource,
        to address: String,
        named name: String,
        counted: SentBytes
    ) async throws(TryFailure) -> PartTry {
        try await stillUnchanged(source)
        let epoch = pace.epoch
        // Without a type: in some clusters a part that has one is answered 403.
        let (answer, md5) = try await put(part, of: source, to: address, type: nil, counted: counted)
        guard answer.isSuccess else {
            applyBackpressure(answer, .store, begunIn: epoch)
            let verdict = Self.verdict(of: answer, name: name, host: settings.host, now: timeSource.now())
            // A portal's page says nothing about the address. (Stores answer in XML.)
            if answer.isHTML {
                let host = URL(string: address)?.host ?? settings.host
                let error = CDFError.notCDF(host: host, detail: "a page with status \(answer.status)")
                return .unusable(Verdict(error: error, mayRepeat: true))
            }
            return Self.addressRefusals.contains(answer.status) ? .addressRefused(verdict.error) : .unusable(verdict)
        }
        if let problem = Self.disagreement(of: answer, size: part.size, md5: md5) {
            return .unusable(Verdict(error: problem.withHost(settings.host), mayRepeat: true))
        }
        try await stillUnchanged(source)
        pace.recordSuccess()
        return .taken
    }

    /// ``checkUnchanged(_:)`` as a try says it.
    func stillUnchanged(_ source: FaceSource) async throws(TryFailure) {
        do throws(CDFError) { try await checkUnchanged(source) } catch { throw .source(error) }
    }

    /// Makes the file's content of its parts, all of which have been taken.
    ///
    /// May be repeated: where CDF knows the session no more, the file's own times tell whether that is because it was completed.
    ///
    /// - Parameters:
    ///   - session: Whose parts these are.
    ///   - name: The file's external id.
    package func completeParts(of session: PartSession, named name: String) async throws(PartFailure) {
        struct Completion: Encodable, Sendable {
            var id: Int64
            var uploadId: String
        }
        struct Nothing: Decodable, Sendable {}
        do throws(CDFError) {
            let _: Nothing = try await post(
                "/files/completemultipartupload",
                Completion(id: session.fileID, uploadId: session.uploadID),
                asked: "the completion of file \(printable(name))"
            )
        } catch {
            let mayBeDone =
                switch error {
                case .refused, .serverTrouble, .unexpectedAnswer: true
                default: false
                }
            guard mayBeDone else { throw .other(error) }
            let isWhole: Bool
            do throws(CDFError) { isWhole = try await hasNewContent(session, named: name) } catch {
                throw .other(error)
            }
            // An answer was lost: to this call's first try, or in an earlier life.
            guard !isWhole else { return }
            if case .refused = error { throw .session(error) }
            throw .other(error)
        }
    }

    /// Whether the file got other content since the session began; asks for a while, since CDF may be slow to say so.
    private func hasNewContent(_ session: PartSession, named name: String) async throws(CDFError) -> Bool {
        for attempt in 1...settings.tries {
            let status = try await fileStatuses([name])[name]
            if let status, status.uploaded, status.id == session.fileID, let time = status.uploadedTime {
                // The old content's time: the new one may only be late.
                if time != session.uploadedBefore { return true }
            }
            guard attempt < settings.tries else { break }
            do {
                try await timeSource.sleep(
                    .seconds(1) + Backoff.pause(afterAttempt: attempt, retryAfter: nil, random: timeSource.random())
                )
            } catch { throw .interrupted }
        }
        return false
    }
}
