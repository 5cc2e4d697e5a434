import Station
import Synchronization
import Testing

@testable import Daemon

/// One folder's events one after the other, everything else past what is slow.
@Suite(.timeLimit(.minutes(15)))
struct InspectionTurnsTests {
    private let slow = ItemPath(inbox: "/in", path: "slow")
    private let other = ItemPath(inbox: "/in", path: "other")

    /// What happened, in order.
    private final class Record: Sendable {
        private let numbers = Mutex<[Int]>([])
        func add(_ number: Int) { numbers.withLock { $0.append(number) } }
        var all: [Int] { numbers.withLock { $0 } }
    }

    @Test func `a second event of one folder waits for the first, and one of another folder passes`() async {
        let turns = InspectionTurns(places: 1)
        let (first, second, passing) = (turns.draw(slow), turns.draw(slow), turns.draw(other))
        await turns.waitForTurn(first)
        // Would never come back, were it to wait for the slow folder.
        await turns.waitForTurn(passing)
        turns.leave(passing)
        let order = Record()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await turns.waitForTurn(second)
                order.add(2)
                turns.leave(second)
            }
            order.add(1)
            turns.leave(first)
        }
        #expect(order.all == [1, 2])
        // Nothing is kept of a folder that nobody waits for: it begins anew.
        let again = turns.draw(slow)
        await turns.waitForTurn(again)
        turns.leave(again)
    }

    @Test func `tickets are served in the order of drawing, whoever asks first`() async {
        let turns = InspectionTurns(places: 1)
        let tickets = (0..<20).map { _ in turns.draw(slow) }
        let order = Record()
        await withTaskGroup(of: Void.self) { group in
            for (number, ticket) in tickets.enumerated().reversed() {
                group.addTask {
                    await turns.waitForTurn(ticket)
                    order.add(number)
                    turns.leave(ticket)
                }
            }
        }
        #expect(order.all == Array(0..<20))
    }

    @Test func `a place that a heavy station gives back is the next one's`() async {
        let turns = InspectionTurns(places: 1)
        await turns.takePlace()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await turns.takePlace()
                turns.freePlace()
            }
            turns.freePlace()
        }
        await turns.takePlace()
        turns.freePlace()
    }

    @Test func `a ticket that is given up holds nobody up, before its turn or in it`() async {
        let turns = InspectionTurns(places: 1)
        let tickets = (0..<5).map { _ in turns.draw(slow) }
        await turns.waitForTurn(tickets[0])
        turns.abandon(tickets[1])
        turns.abandon(tickets[2])
        turns.leave(tickets[0])
        await turns.waitForTurn(tickets[3])
        turns.leave(tickets[3])
        // The last of its line, and it is its turn.
        turns.abandon(tickets[4])
        let again = turns.draw(slow)
        #expect(turns.isNext(again))
    }
}
