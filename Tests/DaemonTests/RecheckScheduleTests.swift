import Station
import Testing

@testable import Daemon

struct RecheckScheduleTests {
    private var looks = RecheckSchedule()

    private mutating func refused(_ stamp: String = "1", _ path: String = "a", doubtful: Bool = true) -> (
        Bool, Duration?
    ) {
        let next = looks.next(ItemPath(inbox: "/in", path: path), stamp: Stamp(rawValue: stamp), isDoubtful: doubtful)
        return (next.isBelieved, next.delay)
    }

    @Test mutating func `what looks cut short is believed at the second look, and looked at twice again`() {
        #expect(refused() == (false, .seconds(3)))
        #expect(refused() == (true, .seconds(60)))
        #expect(refused() == (true, .seconds(600)))
        #expect(refused() == (true, nil))
    }

    @Test mutating func `a folder that changed meanwhile begins anew`() {
        _ = refused()
        #expect(refused("2") == (false, .seconds(3)))
        #expect(refused("2") == (true, .seconds(60)))
    }

    @Test mutating func `what no copy can mend is believed at once`() {
        #expect(refused(doubtful: false) == (true, nil))
        _ = refused()
        #expect(refused(doubtful: false) == (true, nil))
        // And leaves no doubt of before behind.
        #expect(refused() == (false, .seconds(3)))
    }

    @Test mutating func `a folder that was accepted is doubted as if for the first time`() {
        _ = refused()
        looks.forget(ItemPath(inbox: "/in", path: "a"))
        #expect(refused() == (false, .seconds(3)))
    }

    @Test mutating func `folders are told apart, and so are inboxes`() {
        _ = refused()
        #expect(refused("1", "b") == (false, .seconds(3)))
        let other = ItemPath(inbox: "/other", path: "a")
        #expect(looks.next(other, stamp: Stamp(rawValue: "1"), isDoubtful: true).isBelieved == false)
        #expect(refused() == (true, .seconds(60)))
    }

    @Test mutating func `more doubts than are kept are believed at once, and none is forgotten for them`() {
        for number in 0..<4096 { #expect(refused("1", "s\(number)").0 == false) }
        #expect(refused("1", "one too many") == (true, nil))
        #expect(refused("1", "s0") == (true, .seconds(60)))
    }
}
