import Foundation
import Synchronization

/// Work on files in folders that may not answer, such as those of a network share.
///
/// A share that hangs blocks whoever touches it for as long as it likes. So each place is touched by one thread at a time, which belongs to
/// nobody else. Whoever asked goes on when the patience is over, and until that thread has come back everybody else is answered at once: the
/// place does not answer.
package final class FolderAccess: Sendable {
    /// One that a thread is at work in.
    private struct Place {
        /// No two turns have the same number, wherever.
        var turn: Int
        var isStuck = false
        var waiting: [CheckedContinuation<Int?, Never>] = []
    }

    private struct State {
        var turns = 0
        var places: [String: Place] = [:]

        mutating func nextTurn() -> Int {
            turns += 1
            return turns
        }
    }

    private let state = Mutex(State())
    private let sleep: @Sendable (Duration) async throws -> Void

    /// - Parameter sleep: Ends when a duration is over, or is cancelled.
    package init(sleep: @escaping @Sendable (Duration) async throws -> Void) { self.sleep = sleep }

    /// Does `work` on a thread, after those who came before.
    ///
    /// Whoever is cancelled goes at once; the thread and the folder's turn are seen to without it.
    ///
    /// - Parameters:
    ///   - place: What answers or does not, as a whole: an inbox, or another folder at the root of a path.
    ///   - patience: How long it may take once it has begun.
    ///   - work: Blocks. Has to heed the signal between two steps: it is set where nobody waits for the answer any more.
    /// - Returns: What `work` says; nil where the place does not answer, or the task is cancelled.
    func ask<Answer: Sendable>(
        _ place: String,
        patience: Duration,
        _ work: @escaping @Sendable (StopSignal) -> Answer
    ) async -> Answer? {
        let stop = StopSignal()
        let (answers, given) = AsyncStream<Answer>.makeStream()
        // A task of its own: whoever asked may leave, as browsers do, but those in line learn from this turn whether the place answers.
        Task {
            defer { given.finish() }
            guard let turn = await enter(place) else { return }
            guard !stop.isSet else {
                leave(place)
                return
            }
            if let found = await answer(from: place, turn, patience, stop, work) { given.yield(found) }
        }
        return await withTaskCancellationHandler {
            // Ends without an answer where this task is cancelled.
            var iterator = answers.makeAsyncIterator()
            return await iterator.next()
        } onCancel: {
            stop.set()
        }
    }

    private func answer<Answer: Sendable>(
        from place: String,
        _ turn: Int,
        _ patience: Duration,
        _ stop: StopSignal,
        _ work: @escaping @Sendable (StopSignal) -> Answer
    ) async -> Answer? {
        let (answers, given) = AsyncStream<Answer>.makeStream()
        Thread.detachNewThread { [self] in
            let answer = work(stop)
            leave(place)
            given.yield(answer)
            given.finish()
        }
        let answer = await withTaskGroup(of: Answer?.self) { group in
            group.addTask { [sleep] in
                // It is cancelled where there was an answer.
                try? await sleep(patience)
                return nil
            }
            group.addTask {
                var iterator = answers.makeAsyncIterator()
                return await iterator.next()
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if answer == nil {
            stop.set()
            giveUp(place, turn)
        }
        return answer
    }

    /// Waits for a turn; nil if the place does not answer.
    private func enter(_ place: String) async -> Int? {
        await withCheckedContinuation { continuation in
            // What is known at once: a turn, or that there is no answer.
            let known = state.withLock { state -> Int?? in
                switch state.places[place]?.isStuck {
                case nil:
                    let turn = state.nextTurn()
                    state.places[place] = Place(turn: turn)
                    return .some(turn)
                case true?: return .some(nil)
                case false?:
                    state.places[place]?.waiting.append(continuation)
                    return nil
                }
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    /// Ends the present turn: the place has answered.
    private func leave(_ place: String) {
        let next = state.withLock { state -> (waiting: CheckedContinuation<Int?, Never>, turn: Int)? in
            guard state.places[place]?.waiting.isEmpty == false,
                let waiting = state.places[place]?.waiting.removeFirst()
            else {
                state.places[place] = nil
                return nil
            }
            let turn = state.nextTurn()
            state.places[place]?.turn = turn
            return (waiting, turn)
        }
        next?.waiting.resume(returning: next?.turn)
    }

    /// Sends everybody away until the thread comes back, unless it just did.
    private func giveUp(_ place: String, _ turn: Int) {
        let waiting = state.withLock { state -> [CheckedContinuation<Int?, Never>] in
            guard state.places[place]?.turn == turn else { return [] }
            let waiting = state.places[place]?.waiting ?? []
            state.places[place]?.isStuck = true
            state.places[place]?.waiting = []
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: nil) }
    }
}

extension FolderAccess {
    /// The same for what concerns faces.
    func faces<Value: Sendable>(
        _ place: String,
        patience: Duration,
        _ work: @escaping @Sendable (StopSignal) throws(FaceRefusal) -> Value
    ) async -> Result<Value, FaceRefusal> {
        let answer = await ask(place, patience: patience) { stop -> Result<Value, FaceRefusal> in
            do throws(FaceRefusal) { return .success(try work(stop)) } catch { return .failure(error) }
        }
        return answer ?? .failure(Task.isCancelled ? .busy : .unanswered)
    }
}
