import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Station
import Timing

extension CDFClient {
    /// Creates the file, or takes over the one of ours with the same id, for content that comes in `count` parts.
    ///
    /// Its former content stays until ``completeParts(of:file:)``. First asks when that was uploaded, which shows later whether
    /// a completion whose answer was lost took effect.
    ///
    /// - Parameters:
    ///   - description: The file.
    ///   - count: The number of parts.
    ///   - isOurs: Whether the file is certainly ours if it exists.
    package func beginParts(
        _ description: FileDescription,
        count: Int,
        isOurs: Bool = false
    ) async throws(CDFError) -> PartSession {
        // The answer is flat by all SDKs; `items` in CDF's own documentation.
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
        let before = try await fileStatuses([description.reference])[description.reference]
        let answer: FileAnswer<Begun> = try await create(description, parts: count, isOurs: isOurs)
        try await correct(answer.stored, to: description)
        let begun = answer.addresses
        guard let entry = begun.entry, entry.uploadUrls.count == count, !entry.uploadId.isEmpty else {
            let words = begun.entry.map { "\($0.uploadUrls.count) upload addresses" } ?? "no upload addresses"
            let asked = description.creation(parts: count).asked
            throw .unexpectedAnswer(asked: asked, detail: words, requestID: nil)
        }
        return PartSession(
            uploadID: entry.uploadId,
            fileNumber: entry.id,
            addresses: entry.uploadUrls,
            uploadedBefore: before?.uploadedTime
        )
    }

    /// Sends one part, in a few tries.
    ///
    /// Its bytes are hashed as they are sent and the file is checked before and after: a part that is no longer what was inspected
    /// is aborted before its last byte, and one whose file was written to meanwhile does not count.
    ///
    /// - Parameters:
    ///   - part: The range and its digest.
    ///   - source: The open file.
    ///   - address: Where it goes.
    ///   - name: The file's external id, for messages.
    ///   - progress: Called on each piece handed to the network, in bytes; a retry takes back what it sent before.
    package func send(
        _ part: FilePart,
        of source: FileSource,
        to address: String,
        named name: String,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(PartFailure) {
        let asked = "a part of file \(printable(name))"
        let refusal: CDFError?
        do throws(CDFError) {
            // A second PUT of the same bytes leaves the same part.
            refusal = try await repetition.run(asked, .idempotent) { _ async throws(CDFError) in
                try await waitForTurn(.store)
                let counted = SentBytes(progress)
                let outcome: Repetition.Outcome<CDFError?>
                do throws(TryFailure) {
                    outcome = try await sendOnce(part, of: source, to: address, named: name, counted: counted)
                } catch {
                    counted.takeBack()
                    let host = URL(string: address)?.host ?? settings.host
                    return .failed(try Verdict(of: error, host: host))
                }
                guard case .done(nil) = outcome else {
                    counted.takeBack()
                    return outcome
                }
                return outcome
            }
        } catch { throw .other(error) }
        if let refusal { throw .session(refusal) }
    }

    /// One try of one part; done with an error if the address is refused, which no retry changes.
    private func sendOnce(
        _ part: FilePart,
        of source: FileSource,
        to address: String,
        named name: String,
        counted: SentBytes
    ) async throws(TryFailure) -> Repetition.Outcome<CDFError?> {
        try await stillUnchanged(source)
        let epoch = pace.epoch
        // Without a content type: some clusters answer 403 to a part that has one.
        let (answer, md5) = try await put(part, of: source, to: address, type: nil, counted: counted)
        guard answer.isSuccess else {
            applyBackpressure(answer, .store, begunIn: epoch)
            let verdict = Self.verdict(of: answer, name: name, host: settings.host, now: timeSource.now())
            // A portal's page says nothing about the address. (Stores answer in XML.)
            if answer.isHTML {
                let host = URL(string: address)?.host ?? settings.host
                let error = CDFError.notCDF(host: host, detail: "a page with status \(answer.status)")
                return .failed(Verdict(error: error, mayRepeat: true))
            }
            return Self.addressRefusals.contains(answer.status) ? .done(verdict.error) : .failed(verdict)
        }
        if let problem = Self.disagreement(of: answer, size: part.size, md5: md5) {
            return .failed(Verdict(error: problem.withHost(settings.host), mayRepeat: true))
        }
        try await stillUnchanged(source)
        pace.recordSuccess()
        return .done(nil)
    }

    /// ``checkUnchanged(_:)`` with the errors of a try.
    func stillUnchanged(_ source: FileSource) async throws(TryFailure) {
        do throws(CDFError) { try await checkUnchanged(source) } catch { throw .source(error) }
    }

    /// Assembles the file from its parts, all of which CDF has accepted.
    ///
    /// What CDF does when asked twice is not documented: in doubt the file is checked first. If CDF no longer knows the session,
    /// the file's own times show whether that is because it was completed.
    ///
    /// - Parameters:
    ///   - session: The session of these parts.
    ///   - file: The file that they form.
    ///   - isInDoubt: An earlier run may have completed it: the file is checked before the first request, too.
    ///   - step: Called after each answer, as a sign of life.
    package func completeParts(
        of session: PartSession,
        file: FileReference,
        isInDoubt: Bool = false,
        step: @Sendable () -> Void = {}
    ) async throws(PartFailure) {
        if isInDoubt, try await isComplete(session, file: file, looks: 1, step) { return }
        for attempt in 1...max(1, settings.tries) {
            do throws(CDFError) { return try await completeOnce(session, file: file) } catch {
                step()
                let (trouble, mayBeAskedAgain): (CDFError, Bool) =
                    switch error {
                    case .outcomeUnknown(_, let cause): (cause, true)
                    case .refused, .serverTrouble: (error, false)
                    default: throw .other(error)
                    }
                if mayBeAskedAgain, case .serverTrouble(_, _, _, let pause?, _) = trouble {
                    guard pause <= Backoff.longestInside else { throw .other(trouble) }
                    do { try await timeSource.sleep(pause) } catch { throw .other(.interrupted) }
                }
                // An answer was lost: of this call, or in an earlier run.
                guard try await !isComplete(session, file: file, looks: settings.tries, step) else { return }
                if case .refused = trouble { throw .session(trouble) }
                guard mayBeAskedAgain, attempt < settings.tries else { throw .other(trouble) }
                logger.debug(
                    "the file is not complete yet; completing it again",
                    metadata: ["error": "\(trouble.summary)"]
                )
            }
        }
    }

    private func completeOnce(_ session: PartSession, file: FileReference) async throws(CDFError) {
        struct Completion: Encodable, Sendable {
            var id: Int64
            var uploadId: String
        }
        let request = JSONRequest(
            "/files/completemultipartupload",
            Completion(id: session.fileNumber, uploadId: session.uploadID),
            asked: "the completion of file \(printable(file.externalID))",
            .once
        )
        _ = try await post(request, as: Nothing.self)
    }

    /// Whether the file has got other content since the session began.
    ///
    /// - Parameter looks: How often to ask, since CDF may be slow to show it.
    private func isComplete(
        _ session: PartSession,
        file: FileReference,
        looks: Int,
        _ step: @Sendable () -> Void
    ) async throws(PartFailure) -> Bool {
        for attempt in 1...max(1, looks) {
            let status: FileStatus?
            do throws(CDFError) { status = try await fileStatuses([file])[file] } catch { throw .other(error) }
            step()
            if let status, status.uploaded, status.id == session.fileNumber, let time = status.uploadedTime {
                // Still the old content's time: the new one may only be late.
                if time != session.uploadedBefore { return true }
            }
            guard attempt < looks else { break }
            do {
                try await timeSource.sleep(
                    .seconds(1) + Backoff.pause(afterAttempt: attempt, retryAfter: nil, random: timeSource.random())
                )
            } catch { throw .other(.interrupted) }
        }
        return false
    }
}
