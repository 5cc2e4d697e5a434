import Ledger
import Testing

@testable import Delivery

struct TransferBoardTests {
    @Test func `the board shows transfers under way, and counts all progress`() {
        let board = TransferBoard()
        board.begin(.init(rawValue: 1), path: "a", total: 100)
        board.begin(.init(rawValue: 2), path: "b", total: 50)
        board.add(60, to: .init(rawValue: 1))
        board.add(-60, to: .init(rawValue: 1))
        board.add(30, to: .init(rawValue: 1))
        board.step()
        #expect(
            board.now.transfers == [
                .init(station: .init(rawValue: 1), path: "a", total: 100, sent: 30),
                .init(station: .init(rawValue: 2), path: "b", total: 50, sent: 0),
            ]
        )
        #expect(board.now.bytes == 90)
        #expect(board.now.steps == 6)
        // An earlier run sent these.
        board.addTaken(20, of: .init(rawValue: 2))
        #expect(board.now.transfers.map(\.sent) == [30, 20])
        #expect(board.now.bytes == 90)
        board.end(.init(rawValue: 1))
        board.add(5, to: .init(rawValue: 1))
        #expect(board.now.transfers.map(\.path) == ["b"])
    }
}
