package import CDF
import Foundation
package import Ledger
import Logging
import Station
import Timing

/// Sends one large file in parts; the ledger remembers the parts that CDF has accepted.
package struct PartedFile: Sendable {
    private let context: DeliveryContext
    private let slots: Slots
    private let isPatient: Bool
    private let key: FileKey
    private let source: FileSource

    /// How many sessions one attempt may use: the existing one, and a fresh one if CDF has forgotten it.
    private static let sessionsInOneAttempt = 2

    /// - Parameters:
    ///   - context: What it works with.
    ///   - slots: Each part being sent takes one.
    ///   - isPatient: Whether they let other files pass.
    ///   - key: The file.
    ///   - source: Its open bytes.
    package init(context: DeliveryContext, slots: Slots, isPatient: Bool = false, key: FileKey, source: FileSource) {
        self.context = context
        self.slots = slots
        self.isPatient = isPatient
        self.key = key
        self.source = source
    }

    /// Sends the parts that CDF lacks, and completes the file there.
    ///
    /// - Parameters:
    ///   - description: The file.
    ///   - isOurs: Whether the file is certainly ours if CDF has it.
    /// - Returns: CDF's number of the file.
    package func send(
        _ description: FileDescription,
        isOurs: Bool = false
    ) async throws(UploadStage.FileFailure) -> FileReceipt {
        guard let plan = PartPlan(fileSize: source.size, rules: context.parts) else {
            throw .cdf(
                .refused(
                    asked: "a file of \(source.size) bytes",
                    status: 0,
                    message: "CDF accepts files from 1 to \(PartRules.largestFile) bytes",
                    requestID: nil
                )
            )
        }
        var remembered = try await remembered(plan)
        var digests = remembered?.digests
        var attempt = 0
        while true {
            attempt += 1
            let upload: PartedUpload
            if let found = remembered {
                upload = found
            } else {
                upload = try await begin(plan, description, digests, isOurs)
            }
            do throws(PartsFailure) {
                try await sendMissing(of: upload, plan, description)
                try await complete(upload, description)
                return upload.receipt
            } catch {
                switch error {
                case .ledger(let error): throw .ledger(error)
                case .part(.other(let error)): throw .cdf(error)
                case .part(.session(let error)):
                    context.logger.notice(
                        "CDF refuses the parts of a file; sending all of it again",
                        metadata: ["file.external-id": "\(description.externalId)", "reason": "\(error.summary)"]
                    )
                    try await forget()
                    (remembered, digests) = (nil, upload.digests)
                    guard attempt < Self.sessionsInOneAttempt else { throw .cdf(error.putOff) }
                }
            }
        }
    }

    /// What an earlier run left, unless it split the file differently.
    private func remembered(_ plan: PartPlan) async throws(UploadStage.FileFailure) -> PartedUpload? {
        do throws(LedgerError) {
            let upload = try await context.ledger.partedUpload(of: key, at: context.timeSource.now())
            guard let upload, upload.partSize == plan.partSize, upload.digests.count == plan.count else { return nil }
            return upload
        } catch { throw .ledger(error) }
    }

    /// Opens a session and records it before anything is sent.
    private func begin(
        _ plan: PartPlan,
        _ description: FileDescription,
        _ known: [FileDigest]?,
        _ isOurs: Bool
    ) async throws(UploadStage.FileFailure) -> PartedUpload {
        let upload: PartedUpload
        do throws(CDFError) {
            let digests: [FileDigest]
            if let known {
                digests = known
            } else {
                digests = try await context.client.digests(ofParts: plan, in: source) { [board = context.board] in
                    board.step()
                }
            }
            let session = try await slots.occupied(isPatient: isPatient) { () async -> Result<PartSession, CDFError> in
                do throws(CDFError) {
                    return .success(try await context.client.beginParts(description, count: plan.count, isOurs: isOurs))
                } catch { return .failure(error) }
            }.get()
            upload = PartedUpload(session, partSize: plan.partSize, digests: digests, at: context.timeSource.now())
        } catch { throw .cdf(error) }
        do throws(LedgerError) {
            try await context.ledger.recordParts(upload, of: key, at: context.timeSource.now())
        } catch { throw .ledger(error) }
        return upload
    }

    private func forget() async throws(UploadStage.FileFailure) {
        do throws(LedgerError) { try await context.ledger.forgetParts(of: key) } catch { throw .ledger(error) }
    }

    /// Why not all parts got through.
    private enum PartsFailure: Error {
        case part(PartFailure)
        case ledger(LedgerError)

        /// Whether sending the other parts has become pointless.
        var endsOthers: Bool {
            guard case .part(.other(let error)) = self, case .retry = error.remedy else { return true }
            return false
        }
    }

    /// Sends the missing parts, a few concurrently, and records each one that CDF accepted.
    ///
    /// When one fails no other is started, and the first failure is the one that counts. Those under way are cancelled, too, unless CDF
    /// only asks for a pause: then they may finish, since each of them is one less to send again.
    private func sendMissing(
        of upload: PartedUpload,
        _ plan: PartPlan,
        _ description: FileDescription
    ) async throws(PartsFailure) {
        let taken = upload.sent.reduce(Int64(0)) { $0 + Int64(plan.range(of: $1).count) }
        context.board.addTaken(taken, of: key.item)
        var failure: PartsFailure?
        var sent: Int64 = 0
        await withTaskGroup(of: Result<Int64, PartsFailure>.self) { group in
            var waiting = upload.missing[...]
            func startNext() {
                guard failure == nil, let number = waiting.popFirst() else { return }
                group.addTask {
                    await slots.occupied(isPatient: isPatient) {
                        do throws(PartsFailure) {
                            try await send(number, of: upload, plan, description)
                            return .success(Int64(plan.range(of: number).count))
                        } catch { return .failure(error) }
                    }
                }
            }
            for _ in 0..<max(1, context.parts.atOnce) { startNext() }
            for await outcome in group {
                switch outcome {
                case .success(let bytes): sent += bytes
                case .failure(let error) where failure == nil:
                    failure = error
                    if error.endsOthers { group.cancelAll() }
                case .failure: break
                }
                startNext()
            }
        }
        guard let failure else { return }
        // The next attempt counts the accepted parts again.
        context.board.addTaken(-(taken + sent), of: key.item)
        throw failure
    }

    private func send(
        _ number: Int,
        of upload: PartedUpload,
        _ plan: PartPlan,
        _ description: FileDescription
    ) async throws(PartsFailure) {
        do throws(PartFailure) {
            if Task.isCancelled { throw .other(.interrupted) }
            try await context.client.send(
                FilePart(range: plan.range(of: number), digest: upload.digests[number]),
                of: source,
                to: upload.addresses[number],
                named: description.externalId
            ) { [board = context.board, item = key.item] bytes in board.add(bytes, to: item) }
        } catch { throw .part(error) }
        context.link.recordSuccess(of: key.item)
        do throws(LedgerError) {
            try await context.ledger.recordSentPart(
                number,
                of: key,
                uploadID: upload.uploadID,
                at: context.timeSource.now()
            )
        } catch { throw .ledger(error) }
    }

    private func complete(_ upload: PartedUpload, _ description: FileDescription) async throws(PartsFailure) {
        do throws(CDFError) {
            // The last check: a folder that changed since the last part is left to the inbox, and its file is not completed.
            try await context.client.checkUnchanged(source)
        } catch { throw .part(.other(error)) }
        let outcome = await slots.occupied(isPatient: isPatient) { () async -> Result<Void, PartFailure> in
            do throws(PartFailure) {
                try await context.client.completeParts(
                    of: PartSession(upload),
                    file: description.reference,
                    // All parts were there at the start of this attempt: the one before may have got as far as completing.
                    isInDoubt: upload.missing.isEmpty
                ) { [board = context.board] in board.step() }
                return .success(())
            } catch { return .failure(error) }
        }
        do throws(PartFailure) { try outcome.get() } catch { throw .part(error) }
    }
}

extension CDFError {
    /// The same, but not final: a session was refused, and the next attempt opens another.
    fileprivate var putOff: CDFError {
        guard case .refused(let asked, let status, let message, let id) = self else { return self }
        return .serverTrouble(asked: asked, status: status, message: message, retryAfter: nil, requestID: id)
    }
}
