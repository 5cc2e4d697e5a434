import Dashboard
import Foundation
import Inspection
import Ledger
import Station
import Status

/// Fills the page of one station from the ledger and the inbox.
struct StationPages: Sendable {
    let ledger: ItemLedger
    let previews: FacePreviews
    let rendered: ConvertedFaces
    let status: @Sendable () async throws -> DaemonStatus
    let now: @Sendable () -> Date

    var source: StationPageSource {
        StationPageSource(
            item: { try await detail(of: $0) },
            face: { try await face($1, of: $0, edge: $2) },
            seams: { try await seams(of: $0) },
            digest: { try await record($0)?.capture?.faces[$1]?.digest }
        )
    }

    private func record(_ number: Int64) async throws(LedgerError) -> ItemRecord? {
        do throws(LedgerError) {
            return try await ledger.item(ItemNumber(rawValue: number))
        } catch {
            guard case .unknownStation = error else { throw error }
            return nil
        }
    }

    private func detail(of number: Int64) async throws -> ItemDetail? {
        guard let record = try await record(number) else { return nil }
        let daemon = try await status()
        let facts = try await StoryFacts.read(record, from: ledger, daemon: daemon, now: now())
        let visits = try await visits(of: record)
        var detail = ItemDetail(
            summary: StationSummary(record),
            story: StationStory(facts),
            folder: record.folder,
            problems: record.problems,
            notes: record.notes + record.imageNotes,
            capture: record.capture,
            cube: try await cube(of: record, visits),
            files: facts.files.map {
                FileDetail(
                    role: $0.role,
                    externalID: $0.externalID,
                    size: $0.size,
                    digest: $0.digest,
                    state: $0.state.rawValue
                )
            },
            visits: visits.map {
                VisitDetail(item: $0.item.rawValue, path: $0.path, state: $0.state, image: $0.image, time: $0.time)
            },
            versions: try await ledger.contents(of: record.id).map {
                VersionDetail(
                    digest: $0.digest,
                    externalID: $0.externalID,
                    acceptedAt: $0.acceptedAt,
                    deliveredAt: $0.deliveredAt,
                    supersededAt: $0.supersededAt,
                    retractedAt: $0.retractedAt
                )
            },
            report: await report(of: record),
            sameAs: record.sameAs?.rawValue,
            scan: record.scan?.rawValue
        )
        guard record.kind != .station else { return detail }
        // Those that need help come first; all are in the table of stations.
        detail.positions = try await ScanFacts(record, from: ledger, limit: 100)
        detail.cloud = PointCloudFacts(record, file: facts.files.first)
        detail.progress = daemon.progress[record.path]
        return detail
    }

    private func visits(of record: ItemRecord) async throws(LedgerError) -> [ItemLedger.VisitRecord] {
        guard let capture = record.capture else { return [] }
        return try await ledger.visits(of: capture.ids.station)
    }

    private func report(of record: ItemRecord) async -> ReportDetail? {
        guard let path = record.report else { return nil }
        do throws(ReportRefusal) {
            return ReportDetail(path: path, text: try await previews.text(of: path, inbox: record.inbox))
        } catch {
            return ReportDetail(path: path, text: nil, words: error.words)
        }
    }

    // MARK: Faces

    private func cube(of record: ItemRecord, _ visits: [ItemLedger.VisitRecord]) async throws(LedgerError)
        -> CubeDetail?
    {
        let faces = try await faces(of: record)
        var cube: CubeDetail
        switch faces.shown {
        case .nothing: return nil
        case .found(let glimpse): cube = CubeDetail(glimpse, revision: record.revision)
        case .accepted(let capture):
            cube = CubeDetail(capture, pose: capture.pose)
            // The viewer shows all visits of a station with the pose of the first.
            if let first = visits.first, first.firstDeliveredAt != nil, first.image != capture.ids.image {
                (cube.pose, cube.poseOf) = (first.pose, first.item.rawValue)
            }
        }
        cube.hidden = await previews.missing(of: faces.files).mapValues(HiddenFace.init)
        return cube
    }

    /// What people are shown of a station.
    private enum Shown {
        case nothing
        /// What was found, and not accepted.
        case found(Glimpse)
        case accepted(Capture)
    }

    private func faces(of record: ItemRecord) async throws(LedgerError) -> (shown: Shown, files: [Face: FaceFile]) {
        if let glimpse = record.glimpse {
            return (.found(glimpse), glimpse.faces.mapValues { FaceFile(found: $0, in: record.location) })
        }
        guard let capture = record.capture else { return (.nothing, [:]) }
        let place = try await place(of: record)
        return (.accepted(capture), capture.faces.mapValues { FaceFile($0, of: place, rendered: rendered) })
    }

    /// Where its files are: in the inbox, or where they were moved after delivery.
    private func place(of record: ItemRecord) async throws(LedgerError) -> ItemPath {
        guard let clearing = try await ledger.clearing(of: record), clearing.state == .done,
            case .move(let top) = clearing.plan?.way
        else { return record.location }
        return ItemPath(inbox: top, path: record.path)
    }

    private func face(_ face: Face, of number: Int64, edge: Int) async throws -> FaceAnswer {
        guard let record = try await record(number), let file = try await faces(of: record).files[face] else {
            return .unknown
        }
        do throws(FaceRefusal) {
            let shown = try await previews.picture(of: file, edge: edge)
            return .picture(jpeg: shown.jpeg, digest: shown.digest)
        } catch {
            return .hidden(HiddenFace(error))
        }
    }

    private func seams(of number: Int64) async throws -> SeamAnswer {
        guard let record = try await record(number) else { return .unknown }
        let faces = try await faces(of: record)
        guard faces.files.count == Face.allCases.count else {
            return .hidden(HiddenFace(.gone, Self.words(forFewer: faces.files.count, than: record)))
        }
        let content: ContentDigest? = if case .accepted(let capture) = faces.shown { capture.digest } else { nil }
        do throws(FaceRefusal) {
            return .compared(SeamDetail(try await previews.seams(of: faces.files, in: content)))
        } catch {
            return .hidden(HiddenFace(error))
        }
    }

    private static func words(forFewer count: Int, than record: ItemRecord) -> String {
        let what = "\(record.kind.title) \(record.id)"
        return count == 0
            ? "\(what) has no faces, so there are no edges to compare."
            : "\(what) has \(count) of its six faces: the edges are compared once all six are there."
    }
}

extension HiddenFace {
    fileprivate init(_ refusal: FaceRefusal) {
        let cause: Cause =
            switch refusal {
            case .gone, .changed: .gone
            case .undecodable, .tooLarge: .undecodable
            case .unreadable, .unanswered, .crowded, .busy: .unavailable
            }
        self.init(cause, refusal.words)
    }
}

extension SeamDetail {
    fileprivate init(_ comparison: SeamComparison) {
        self.init(
            seams: comparison.seams.map { seam in
                Seam(
                    sides: [seam.first, seam.second].map { ($0.face, $0.edge) },
                    match: seam.match.rawValue
                )
            },
            words: comparison.verdict.words
        )
    }
}
