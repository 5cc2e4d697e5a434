import Foundation
import Station
import TestSupport
import Testing

@testable import CDF

/// A face of several pieces, cut into parts much smaller than CDF would take.
struct PartBench: Sendable {
    let face: FaceBench
    let plan: PartPlan

    init(parts: Int64 = 3) async throws {
        face = try await FaceBench(png: true)
        plan = try #require(
            PartPlan(
                fileSize: face.image.size,
                rules: PartRules(threshold: 1, preferredSize: (face.image.size + parts - 1) / parts)
            )
        )
        try #require(plan.count == Int(parts))
    }

    var name: String { face.description.externalId }
    var file: URL { URL(fileURLWithPath: face.station.file(.front)) }

    /// Begins a session, with the parts as they are now.
    func begin(_ bench: Bench) async throws -> (session: PartSession, source: FileSource, parts: [FilePart]) {
        let source = try await face.open(with: bench.client)
        let digests = try await bench.client.digests(ofParts: plan, in: source)
        let session = try await bench.client.beginParts(face.description, count: plan.count)
        return (session, source, digests.indices.map { FilePart(range: plan.range(of: $0), digest: digests[$0]) })
    }

    func sendAll(_ bench: Bench, progress: @escaping @Sendable (Int64) -> Void = { _ in }) async throws -> PartSession {
        let (session, source, parts) = try await begin(bench)
        // The last one first: CDF does not mind.
        for (number, part) in parts.enumerated().reversed() {
            try await bench.client.send(
                part,
                of: source,
                to: session.addresses[number],
                named: name,
                progress: progress
            )
        }
        return session
    }

    /// Writes other bytes of the same length into the middle of part `number`.
    func spoil(_ number: Int) throws {
        let range = plan.range(of: number)
        let handle = try FileHandle(forUpdating: file)
        try handle.seek(toOffset: UInt64((range.lowerBound + range.upperBound) / 2))
        try handle.write(contentsOf: Data(repeating: 0x5A, count: 64))
        try handle.close()
    }
}

/// The failure that `work` ends with; nil where it gets through, or fails otherwise.
func partFailure<Result>(of work: () async throws -> Result) async -> PartFailure? {
    do {
        _ = try await work()
        return nil
    } catch { return error as? PartFailure }
}
