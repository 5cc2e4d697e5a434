package import CDF
package import Foundation
package import Ledger
import Logging
import Station
import Timing

/// accepted → uploaded: sends the files that CDF lacks, for items of one kind.
package struct UploadStage: Stage {
    package static let name = "upload"
    package static let beginsWhileStopping = false
    /// Of the 20 seconds of a shutdown; the rest is for registering and recording.
    package static let grace = Duration.seconds(13)
    /// Few, so that a new inbox or a new capture does not wait long for its turn.
    private static let fetched = 12
    private let context: DeliveryContext
    private let kind: ItemKind
    private let slots: Slots
    package let parallelStations: Int

    /// - Parameters:
    ///   - context: What it works with.
    ///   - concurrency: Files sent concurrently.
    package init(context: DeliveryContext, concurrency: Int) {
        self.context = context
        kind = .station
        slots = Slots { [pace = context.client.pace] in min(concurrency, pace.allowed) }
        // Enough stations that the last files of one do not leave the connection idle.
        parallelStations = 1 + (concurrency + 5) / 6
    }

    private init(_ kind: ItemKind, beside stage: UploadStage) {
        context = stage.context
        slots = stage.slots
        self.kind = kind
        parallelStations = 1
    }

    /// The stage for point clouds beside this one: one of them at a time, in the same slots, where they let stations pass.
    package var ofPointClouds: UploadStage { UploadStage(.pointCloud, beside: self) }

    private var isPatient: Bool { kind == .pointCloud }

    package func due(at now: Date, besides inWork: Set<ItemNumber>) async throws(LedgerError) -> [[ItemRecord]] {
        let limit = Self.fetched + inWork.count
        let due = try await context.ledger.dueForUpload(kind, at: now, limit: limit, exceptIn: context.lostPlaces())
        return due.filter { !inWork.contains($0.id) }.map { [$0] }
    }

    package func nextDue(at now: Date) async throws(LedgerError) -> Date? {
        try await context.ledger.nextDueForUpload(kind, at: now, exceptIn: context.lostPlaces())
    }

    package func process(_ stations: [ItemRecord], in project: PreparedProject) async throws(LedgerError) {
        guard try await context.mayDeliver(to: project) else { return }
        for station in stations { try await process(station, in: project) }
    }

    private func process(_ station: ItemRecord, in project: PreparedProject) async throws(LedgerError) {
        guard let content = station.content, let digest = station.state.digest else { return }
        let begun = try await context.ledger.record(
            .uploadStarted(digest),
            for: station.id,
            at: context.timeSource.now()
        )
        guard begun.state == .uploading(digest) else { return }
        context.changed(begun)
        let pending = try await context.ledger.files(of: station.id).filter { $0.state == .pending }
        guard !pending.isEmpty else {
            // All files were sent before the station was interrupted.
            let done = try await context.ledger.record(
                .uploadFinished(digest),
                for: station.id,
                at: context.timeSource.now()
            )
            return context.changed(done)
        }
        context.board.begin(station.id, path: station.path, total: pending.reduce(0) { $0 + $1.size })
        defer { context.board.end(station.id) }

        do throws(CDFError) { try await writeNodes(of: pending, content, station, project) } catch {
            try await context.settle(await context.cause(of: error), for: begun)
            return
        }
        let isOurs = try await context.ledger.hasDelivered(content.externalID)
        let outcomes = await withTaskGroup(of: Result<ItemRecord, FileFailure>.self) { group in
            for file in pending {
                group.addTask {
                    let outcome: @Sendable () async -> Result<ItemRecord, FileFailure> = {
                        do throws(FileFailure) {
                            return .success(try await send(file, of: station, content, digest, project, isOurs: isOurs))
                        } catch { return .failure(error) }
                    }
                    // In parts, each part takes a slot of its own.
                    return await isLarge(file) ? outcome() : slots.occupied(isPatient: isPatient, outcome)
                }
            }
            var outcomes: [Result<ItemRecord, FileFailure>] = []
            for await outcome in group {
                outcomes.append(outcome)
                if case .failure(let failure) = outcome, failure.endsStation { group.cancelAll() }
            }
            return outcomes
        }
        var worst: CDFError?
        var asked: Duration?
        for outcome in outcomes {
            switch outcome {
            case .success(let record): if record.state.name == .uploaded { announce(record) }
            case .failure(.ledger(let error)): throw error
            case .failure(.cdf(let error)):
                asked = max(asked ?? .zero, error.retryAfter ?? .zero)
                if Self.weight(of: error) > worst.map(Self.weight) ?? -1 { worst = error }
            }
        }
        if let worst { try await context.settle(await context.cause(of: worst), for: begun, atLeast: asked) }
    }

    /// Writes the nodes of the files that are to be sent, in one request; nothing where files have no nodes.
    private func writeNodes(
        of files: [FileRecord],
        _ content: ItemContent,
        _ item: ItemRecord,
        _ project: PreparedProject
    ) async throws(CDFError) {
        guard case .station(let capture) = content else { return }
        let nodes = files.compactMap { file -> NodeWrite? in
            guard case .face(let face) = file.role, let image = capture.faces[face] else { return nil }
            return project.file(face, image, of: capture).node
        }
        guard !nodes.isEmpty else { return }
        let asked = "the files of station \(printable(item.path))"
        _ = try await context.write(nodes, asked: asked)
        context.board.step()
    }

    private func announce(_ record: ItemRecord) {
        context.logger.debug("\(record.kind.noun) uploaded", metadata: ["station.path": "\(record.path)"])
        context.changed(record)
    }

    /// Of several files' errors the one with the widest consequence decides.
    private static func weight(of error: CDFError) -> Int {
        switch error.remedy {
        case .release: error == .interrupted ? 0 : 2
        case .wait, .retry: 1
        case .giveUp: 3
        case .offline: 4
        case .pauseStage: 5
        }
    }

    private func isLarge(_ file: FileRecord) -> Bool { file.size >= context.parts.threshold }

    /// Why one file did not get through.
    package enum FileFailure: Error {
        case cdf(CDFError)
        case ledger(LedgerError)

        /// Whether sending the station's other files has become pointless.
        var endsStation: Bool {
            switch self {
            case .ledger: true
            case .cdf(let error):
                switch error.remedy {
                case .wait, .retry: false
                case .offline, .release, .giveUp, .pauseStage: true
                }
            }
        }
    }

    private func send(
        _ file: FileRecord,
        of station: ItemRecord,
        _ content: ItemContent,
        _ digest: ContentDigest,
        _ project: PreparedProject,
        isOurs: Bool
    ) async throws(FileFailure) -> ItemRecord {
        let receipt: FileReceipt
        let (source, description) = try await open(file, of: station, content, project)
        if isLarge(file) {
            let key = FileKey(item: station.id, digest: digest, role: file.role)
            receipt = try await PartedFile(
                context: context,
                slots: slots,
                isPatient: isPatient,
                key: key,
                source: source
            ).send(description, isOurs: isOurs)
        } else {
            receipt = try await sendWhole(source, description, of: station, isOurs: isOurs)
        }
        do throws(LedgerError) {
            return try await context.ledger.recordSent(
                file.role,
                of: station.id,
                digest: digest,
                receipt: receipt,
                at: context.timeSource.now()
            )
        } catch { throw .ledger(error) }
    }

    /// Opens what is to be sent as a file: a face in the station's folder or among the rendered ones, or the point cloud itself.
    private func open(
        _ file: FileRecord,
        of item: ItemRecord,
        _ content: ItemContent,
        _ project: PreparedProject
    ) async throws(FileFailure) -> (FileSource, FileDescription) {
        do throws(CDFError) {
            if Task.isCancelled { throw .interrupted }
            switch (content, file.role) {
            case (.station(let capture), .face(let face)):
                guard let image = capture.faces[face] else { break }
                let description = project.file(face, image, of: capture)
                if let place = image.storedIn {
                    let inbox = context.renderedFaces
                    return (try await context.client.openFace(image, inbox: inbox, folder: place), description)
                }
                return (
                    try await context.client.openFace(image, inbox: item.inbox, folder: item.path), description
                )
            case (.pointCloud(let cloud), .pointCloud):
                let source = try await context.client.open(item.location, size: cloud.size, digest: cloud.fileDigest)
                return (source, project.file(of: cloud))
            case (.station, .pointCloud), (.pointCloud, .face), (.scan, _): break
            }
        } catch { throw .cdf(error) }
        throw .ledger(.unreadableRow(item: item.id.rawValue, detail: "nothing to send as file \(file.role.rawValue)"))
    }

    private func sendWhole(
        _ source: FileSource,
        _ description: FileDescription,
        of station: ItemRecord,
        isOurs: Bool
    ) async throws(FileFailure) -> FileReceipt {
        do throws(CDFError) {
            let board = context.board
            let id = try await context.client.upload(description, from: source, isOurs: isOurs) { bytes in
                board.add(bytes, to: station.id)
            }
            context.link.recordSuccess(of: station.id)
            return FileReceipt(rawValue: id)
        } catch { throw .cdf(error) }
    }
}
