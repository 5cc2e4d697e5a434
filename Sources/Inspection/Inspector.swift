package import DropFolder
import Meters
import NIOPosix
import Station

/// Decides whether a folder is a station that can be delivered.
///
/// Reading, hashing and decoding block, so they run on the inspector's threads: one station per thread, each with no more memory than
/// one face needs. Stations that take long or much memory run on one more thread, so that they do not block ordinary ones and no two of them
/// need memory at the same time; single files, which may be very large, have a third. Call ``shutdown()`` before releasing the last reference.
package struct Inspector: Sendable {
    private let pool: NIOThreadPool
    private let heavyPool = NIOThreadPool(numberOfThreads: 1)
    private let filePool = NIOThreadPool(numberOfThreads: 1)
    let poseLists = PoseListCache()
    let lastPositions = LastPositions()
    let meters: InspectionMeters

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - threads: How many ordinary stations are inspected at the same time; at least one.
    ///   - meters: What it counts by.
    package init(threads: Int, meters: InspectionMeters = .init()) {
        self.meters = meters
        pool = NIOThreadPool(numberOfThreads: max(1, threads))
        pool.start()
        heavyPool.start()
        filePool.start()
    }

    /// Inspects the station that `snapshot` lists.
    ///
    /// It never changes the crew's files, follows no links, and opens only regular files. If the calling task is
    /// cancelled or the inspector shut down, the verdict is ``Verdict/changed``; the thread stops at the next file or mebibyte.
    ///
    /// - Parameter isHeavy: Called when the station turns out to be heavy, before it waits for the heavy lane.
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
                let begun = ContinuousClock.now
                var inspection = StationInspection(
                    snapshot,
                    rules: rules,
                    stop: stop,
                    poseLists: poseLists,
                    lane: lane
                )
                let report = inspection.report()
                // Nil where it is passed to the other lane, and begins again.
                if report != nil { meters.duration.record(.station, since: begun) }
                return report
            }
        } onCancel: {
            stop.set()
        }
    }

    /// Does with a single file what `check` says, on the thread for files: one after the other, past all stations.
    ///
    /// - Parameters:
    ///   - stop: Set where the calling task is cancelled; `check` has to heed it between two pieces of the file.
    ///   - check: Blocks. Nil where it was stopped.
    /// - Returns: What `check` says; nil where it was stopped, or never began.
    package func checkFile<Report: Sendable>(
        stop: StopSignal,
        _ check: @escaping @Sendable (StopSignal) -> Report?
    ) async -> Report? {
        await withTaskCancellationHandler {
            do {
                return try await filePool.runIfActive {
                    guard !stop.isSet else { return nil }
                    let begun = ContinuousClock.now
                    let report = check(stop)
                    if report != nil { meters.duration.record(.file, since: begun) }
                    return report
                }
            } catch {
                // The pool's only errors: cancelled before the thread was free, or shut down.
                return nil
            }
        } onCancel: {
            stop.set()
        }
    }

    /// Does blocking work on the thread for what takes long or much memory.
    ///
    /// - Returns: What `work` says; nil where it never began.
    func inHeavyLane<Report: Sendable>(_ work: @escaping @Sendable (StopSignal) -> Report) async -> Report? {
        let stop = StopSignal()
        return await withTaskCancellationHandler {
            do {
                return try await heavyPool.runIfActive { work(stop) }
            } catch {
                // The pool's only errors: cancelled before the thread was free, or shut down.
                return nil
            }
        } onCancel: {
            stop.set()
        }
    }

    /// Stops the threads once they have finished their current stations.
    package func shutdown() async {
        for pool in [pool, heavyPool, filePool] {
            await withCheckedContinuation { continuation in
                // Only NIO's shared pool reports an error here, since it can't be stopped.
                pool.shutdownGracefully { _ in continuation.resume() }
            }
        }
    }
}
