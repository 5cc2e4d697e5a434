import Crypto
import DropFolder
import Foundation
import NIOPosix
package import Station

extension CDFClient {
    /// Reads the file once from end to end: it must be what was inspected, and these are the digests of its parts.
    ///
    /// The digest of the inspection does not cover single parts. So it is compared here, before the first part is sent, and each
    /// part is checked against the digest it had in this reading, also after a restart. Together they form exactly the inspected
    /// bytes, whatever happens to the file between two parts. (Comparing afterwards, before the session is completed, would find
    /// a changed file only when all of it had been sent, and would read it once more after each restart.)
    ///
    /// - Parameters:
    ///   - source: The open file.
    ///   - plan: How it is cut.
    ///   - progress: Called regularly while it reads.
    /// - Throws: ``CDFError/sourceChanged(path:)`` if the file is not the inspected one, or is written to meanwhile.
    package func digests(
        ofParts plan: PartPlan,
        in source: FileSource,
        progress: @Sendable () -> Void = {}
    ) async throws(CDFError) -> [FileDigest] {
        var whole = SHA256()
        var digests: [FileDigest] = []
        for number in 0..<plan.count {
            let range = plan.range(of: number)
            var part = SHA256()
            for start in stride(from: range.lowerBound, to: range.upperBound, by: Int(Self.hashedAtOnce)) {
                guard !Task.isCancelled else { throw .interrupted }
                let count = Int(min(Self.hashedAtOnce, range.upperBound - start))
                (whole, part) = try await onReader { [whole, part] () throws(CDFError) in
                    try source.hashing(start, count, whole: whole, part: part)
                }
                progress()
            }
            digests.append(FileDigest(part.finalize()))
        }
        guard FileDigest(whole.finalize()) == source.digest else { throw .sourceChanged(path: source.file.path) }
        try await checkUnchanged(source)
        return digests
    }

    private static let hashedAtOnce: Int64 = 1 << 20

    /// Checks that the open file has not been written to since it was opened.
    ///
    /// - Throws: ``CDFError/sourceChanged(path:)``.
    package func checkUnchanged(_ source: FileSource) async throws(CDFError) {
        try await onReader { () throws(CDFError) in
            let now: FileStamp
            do throws(DropFolderError) { now = try source.file.currentStamp() } catch { throw .source(error) }
            guard now.sameContent(as: source.file.stamp) else { throw .sourceChanged(path: source.file.path) }
        }
    }

    /// Runs blocking work on a thread that may block.
    func onReader<Value: Sendable>(
        _ work: @escaping @Sendable () throws(CDFError) -> Value
    ) async throws(CDFError) -> Value {
        do {
            return try await readers.runIfActive { try work() }
        } catch let error as CDFError {
            throw error
        } catch {
            // The threads are gone: the client was shut down.
            throw .interrupted
        }
    }
}

extension FileSource {
    /// Adds `count` bytes at `start` to both digests.
    fileprivate func hashing(
        _ start: Int64,
        _ count: Int,
        whole: SHA256,
        part: SHA256
    ) throws(CDFError) -> (SHA256, SHA256) {
        let bytes: [UInt8]
        do throws(DropFolderError) { bytes = try file.read(at: start, count: count) } catch { throw .source(error) }
        guard bytes.count == count else { throw .sourceChanged(path: file.path) }
        var (whole, part) = (whole, part)
        whole.update(data: bytes)
        part.update(data: bytes)
        return (whole, part)
    }
}
