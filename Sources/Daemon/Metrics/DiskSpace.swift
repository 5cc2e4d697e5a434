import Foundation
import Glibc
import Synchronization

/// How many bytes are free where drop360 works.
///
/// A share that does not answer blocks the question for as long as it likes: each place is asked on a thread of its own, by one thread at a
/// time, and a place that has not answered in time is left out.
final class DiskSpace: Sendable {
    private let asked = Mutex<Set<String>>([])
    private let ask: @Sendable (String) -> UInt64?

    /// - Parameter ask: Called with a path; blocks. Nil where nobody knows.
    init(ask: @escaping @Sendable (String) -> UInt64? = { DiskSpace.free(at: $0) }) { self.ask = ask }

    /// The places that have not answered.
    var unanswered: Set<String> { asked.withLock { $0 } }

    /// The free bytes by place; without those that do not answer before `limit` ends.
    func free(
        at places: Set<String>,
        until limit: @escaping @Sendable () async throws -> Void
    ) async -> [String: UInt64] {
        let (answers, answer) = AsyncStream<(String, UInt64?)>.makeStream()
        let fresh = asked.withLock { asked in
            let fresh = places.subtracting(asked)
            asked.formUnion(fresh)
            return fresh
        }
        for place in fresh {
            Thread.detachNewThread { [self] in
                answer.yield((place, ask(place)))
                asked.withLock { _ = $0.remove(place) }
            }
        }
        return await withTaskGroup { group in
            group.addTask {
                // It ends early where all have answered.
                try? await limit()
                answer.finish()
            }
            var (free, open) = ([String: UInt64](), fresh.count)
            if open > 0 {
                for await (place, bytes) in answers {
                    free[place] = bytes
                    open -= 1
                    if open == 0 { break }
                }
            }
            group.cancelAll()
            return free
        }
    }

    /// What a user without privileges may still write, in bytes; blocks.
    static func free(at path: String) -> UInt64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }
}
