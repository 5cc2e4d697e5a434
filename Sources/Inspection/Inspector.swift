package import DropFolder
import NIOPosix
import Station

/// Tells for a folder whether it is a station that can be delivered.
///
/// Reading, hashing and decoding block, so they run on threads of its own: one station per thread, and never more memory than
/// one face takes on each. Call ``shutdown()`` before the last reference goes.
package struct Inspector: Sendable {
    private let pool: NIOThreadPool
    private let poseLists = PoseListCache()

    /// Starts the threads.
    ///
    /// - Parameter threads: How many stations are inspected at the same time; at least one.
    package init(threads: Int) {
        pool = NIOThreadPool(numberOfThreads: max(1, threads))
        pool.start()
    }

    /// Inspects the station that `snapshot` lists.
    ///
    /// Nothing of the crew's is changed, no link is followed, and nothing but plain files is opened. Where the calling task is
    /// cancelled or the inspector shut down the verdict is ``Verdict/changed``; the thread stops at the next file or mebibyte.
    package func inspect(_ snapshot: FolderSnapshot, rules: InspectionRules) async -> InspectionReport {
        let stop = StopSignal()
        do {
            return try await withTaskCancellationHandler {
                try await pool.runIfActive {
                    var inspection = StationInspection(snapshot, rules: rules, stop: stop, poseLists: poseLists)
                    return inspection.report()
                }
            } onCancel: {
                stop.set()
            }
        } catch {
            // The pool's only errors: cancelled before a thread was free, or shut down.
            return InspectionReport(path: snapshot.path, snapshotStamp: snapshot.stamp, verdict: .changed)
        }
    }

    /// Ends the threads once what they have in hand is done.
    package func shutdown() async {
        await withCheckedContinuation { continuation in
            // Only NIO's shared pool answers with an error here, since it can't be stopped.
            pool.shutdownGracefully { _ in continuation.resume() }
        }
    }
}
