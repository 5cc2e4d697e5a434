import Station
import Synchronization

/// Orders the work on the items of all inboxes: the events of one item come one after the other, as many ordinary inspections run at once as
/// there are threads for them, and nothing else waits for slow ones.
///
/// Tickets are drawn in the order of events; ``waitForTurn(_:)`` waits until the earlier ones of the same item have left, and then for a place.
final class InspectionTurns: Sendable {
    /// The right to be the next for an item.
    struct Ticket: Sendable {
        fileprivate(set) var item: ItemPath
        fileprivate var number: Int
    }

    private struct Line {
        var drawn = 0
        var serving = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        /// Tickets that are not wanted any more, and whose turn has not come.
        var abandoned: Set<Int> = []

        /// Ends the present turn, and returns who is next.
        mutating func advance() -> CheckedContinuation<Void, Never>? {
            serving += 1
            while abandoned.remove(serving) != nil { serving += 1 }
            return waiting.removeValue(forKey: serving)
        }
    }

    private struct State {
        var lines: [ItemPath: Line] = [:]
        var freePlaces: Int
        var waitingForPlace: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// - Parameter places: How many ordinary inspections may run at once.
    init(places: Int) { state = Mutex(State(freePlaces: places)) }

    func draw(_ item: ItemPath) -> Ticket {
        state.withLock { state in
            let number = state.lines[item, default: Line()].drawn
            state.lines[item, default: Line()].drawn += 1
            return Ticket(item: item, number: number)
        }
    }

    /// Whether no other ticket is ahead of it.
    func isNext(_ ticket: Ticket) -> Bool { state.withLock { $0.lines[ticket.item]?.serving == ticket.number } }

    /// Waits until all earlier tickets of the same item have left.
    func waitForTurn(_ ticket: Ticket) async {
        await withCheckedContinuation { continuation in
            let isNext = state.withLock { state in
                if state.lines[ticket.item]?.serving == ticket.number { return true }
                state.lines[ticket.item]?.waiting[ticket.number] = continuation
                return false
            }
            if isNext { continuation.resume() }
        }
    }

    /// Lets the next ticket of the item have its turn.
    func leave(_ ticket: Ticket) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard var line = state.lines[ticket.item] else { return nil }
            let next = line.advance()
            state.lines[ticket.item] = line.serving == line.drawn ? nil : line
            return next
        }
        next?.resume()
    }

    /// Gives up a ticket that nobody waits with; its turn may not have come.
    func abandon(_ ticket: Ticket) {
        if isNext(ticket) { return leave(ticket) }
        let isLate = state.withLock { state in
            // Its turn may have come just now.
            if state.lines[ticket.item]?.serving == ticket.number { return true }
            state.lines[ticket.item]?.abandoned.insert(ticket.number)
            return false
        }
        if isLate { leave(ticket) }
    }

    /// Waits for one of the places.
    func takePlace() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.freePlaces > 0 {
                    state.freePlaces -= 1
                    return true
                }
                state.waitingForPlace.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    /// Passes the place to the one that has waited longest.
    func freePlace() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waitingForPlace.isEmpty {
                state.freePlaces += 1
                return nil
            }
            return state.waitingForPlace.removeFirst()
        }
        next?.resume()
    }
}
