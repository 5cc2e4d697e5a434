import Synchronization

/// Tells a job on another thread to stop.
package final class StopSignal: Sendable {
    private let flag = Atomic<Bool>(false)

    package init() {}

    package func set() { flag.store(true, ordering: .relaxed) }

    package var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Throws if the job should stop.
    func check() throws(Interruption) {
        if isSet { throw .stopped }
    }
}
