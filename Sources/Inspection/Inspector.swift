package import DropFolder
import NIOPosix
import Station

/// Tells for a folder whether it is a station that can be delivered.
///
/// Reading, hashing and decoding block, so they run on threads of its own: one station per thread, and never more memory than
/// one face takes on each. What takes long or much memory goes to one more thread, so that ordinary stations pass it and no two of them
/// need their memory at once. Call ``shutdown()`` before the last reference goes.
package struct Inspector: Sendable {
    private let pool: NIOThreadPool
    private let heavyPool = NIOThreadPool(numberOfThreads: 1)
    private let poseLists = PoseListCache()

    /// Starts the threads.
    ///
    /// - Parameter threads: How many ordinary stations are inspected at the same time; at least one.
    package init(threads: Int) {
        pool = NIOThreadPool(numberOfThreads: max(1, threads))
        pool.start()
        heavyPool.start()
    }

    /// Inspects the station that `snapshot` lists.
    ///
    /// Nothing of the crew's is changed, no link is followed, and nothing but plain files is opened. Where the calling task is
    /// cancelled or the inspector shut down the verdict is ``Verdict/changed``; the thread stops at the next file or mebibyte.
    ///
    /// - Parameter isHeavy: Called where the station leaves the thread for ordinary ones, before it waits for its turn.
    package func inspect(
        _ snapshot: FolderSnapshot,
        rules: InspectionRules,
        isHeavy: @Sendable () -> Void = {}
    ) async -> InspectionReport {
        let stop = StopSignal()
        do {
            if let report = try await inspect(snapshot, rules, .light, on: pool, stop) { return report }
            isHeavy()
            if let report = try await inspect(snapshot, rules, .heavy, on: heavyPool, stop) { return report }
        } catch {
            // The pools' only errors: cancelled before a thread was free, or shut down.
        }
        return InspectionReport(path: snapshot.path, snapshotStamp: snapshot.stamp, verdict: .changed)
    }

    private func inspect(
        _ snapshot: FolderSnapshot,
        _ rules: InspectionRules,
        _ lane: InspectionLane,
        on pool: NIOThreadPool,
        _ stop: StopSignal
    ) async throws -> InspectionReport? {
        try await withTaskCancellationHandler {
            try await pool.runIfActive {
                var inspection = StationInspection(
                    snapshot,
                    rules: rules,
                    stop: stop,
                    poseLists: poseLists,
                    lane: lane
                )
                return inspection.report()
            }
        } onCancel: {
            stop.set()
        }
    }

    /// Ends the threads once what they have in hand is done.
    package func shutdown() async {
        for pool in [pool, heavyPool] {
            await withCheckedContinuation { continuation in
                // Only NIO's shared pool answers with an error here, since it can't be stopped.
                pool.shutdownGracefully { _ in continuation.resume() }
            }
        }
    }
}
