import Testing

@testable import Inbox

/// Whether an empty inbox is believed.
struct PresenceTests {
    private let start = ContinuousClock.now
    private var presence = Presence()

    private mutating func find(on device: UInt64 = 1, isWatched: Bool = true, hasStations: Bool = true) {
        presence.forgetProgress()
        presence.find(on: device, isWatched: isWatched, hasStations: hasStations)
    }

    private mutating func judge(isEmpty: Bool, undelivered: Int = 1, after seconds: Int = 0) -> Presence.Belief {
        presence.judge(isEmpty: isEmpty, undelivered: undelivered, on: 1, at: start + .seconds(seconds))
    }

    @Test mutating func `a folder that is empty when it is found looks unmounted at once, if stations were in it`() {
        find()
        #expect(judge(isEmpty: true) == .unmounted)
        find()
        #expect(judge(isEmpty: true, undelivered: 0) == .there)
    }

    @Test mutating func `a folder that was seen being emptied is believed to be empty`() {
        find()
        #expect(judge(isEmpty: false) == .there)
        presence.noteDeparture()
        #expect(judge(isEmpty: true) == .there)
    }

    @Test mutating func `a listing that precedes its event is not believed until the event has had time to come`() {
        find()
        #expect(judge(isEmpty: false) == .there)
        #expect(judge(isEmpty: true) == .doubtful(.seconds(1)))
        #expect(presence.isInDoubt && presence.trouble == nil)
        presence.noteDeparture()
        #expect(judge(isEmpty: true) == .there)
        #expect(!presence.isInDoubt)
    }

    @Test mutating func `a folder that stays empty without an event looks unmounted after that time`() {
        find()
        _ = judge(isEmpty: false)
        #expect(judge(isEmpty: true) == .doubtful(.seconds(1)))
        // Listed again meanwhile: the time does not begin anew.
        let again = presence.judge(isEmpty: true, undelivered: 1, on: 1, at: start + .milliseconds(600))
        #expect(again == .doubtful(.milliseconds(400)))
        #expect(judge(isEmpty: true, after: 1) == .unmounted)
        #expect(!presence.isInDoubt)
    }

    @Test mutating func `an unwatched folder gets no such time`() {
        find(isWatched: false)
        _ = judge(isEmpty: false)
        #expect(judge(isEmpty: true) == .unmounted)
    }

    @Test mutating func `a lost inbox is found again when something is put into it`() {
        find()
        _ = judge(isEmpty: true)
        let isNew = presence.note(.emptied(root: "/in", stations: 1))
        #expect(isNew)
        // To an operator it is the same with another number.
        let isNewAgain = presence.note(.emptied(root: "/in", stations: 2))
        #expect(!isNewAgain)
        #expect(judge(isEmpty: false) == .found)
        #expect(presence.trouble == nil)
    }

    @Test mutating func `another disk is distinguished from the one on which stations were seen`() {
        find(on: 1)
        _ = judge(isEmpty: false)
        find(on: 2)
        #expect(presence.isOnAnotherDisk)
        find(on: 1)
        #expect(!presence.isOnAnotherDisk)
        find(on: 2, hasStations: false)
        #expect(!presence.isOnAnotherDisk)
    }

    @Test mutating func `a lack of descriptors is reported once`() {
        let reports = [true, true, false, true].map { presence.noteShortage($0) }
        #expect(reports == [true, false, false, true])
    }
}

struct AbsentDisksTests {
    private var disks = AbsentDisks()

    @Test mutating func `a disk that is gone hides what was on it, and nothing beside it`() {
        disks.noteUnmounted("usb")
        #expect(disks.hides("usb") && disks.hides("usb/site/a"))
        #expect(!disks.hides("usb-2/a") && !disks.hides("a"))
        let isBack = (disks.noteMounted("usb"), disks.noteMounted("usb"))
        #expect(isBack == (true, false))
        #expect(!disks.hides("usb/site/a"))
    }

    @Test mutating func `an emptied folder hides its stations until something is in it, or it is gone`() {
        let isNew = (disks.noteEmptied("site"), disks.noteEmptied("site"))
        #expect(isNew == (true, false))
        #expect(disks.paths == ["site"])
        disks.keepEmptied { $0 == "site" }
        #expect(disks.hides("site/a"))
        disks.keepEmptied { _ in false }
        #expect(!disks.hides("site/a"))
        _ = disks.noteEmptied("site")
        let hadBeen = (disks.endEmptied("site"), disks.endEmptied("site"))
        #expect(hadBeen == (true, false))
    }

    @Test mutating func `an emptied folder on a disk that is gone is kept, whether or not the folder is there`() {
        disks.noteUnmounted("usb")
        _ = disks.noteEmptied("usb/site")
        disks.keepEmptied { _ in false }
        #expect(disks.paths == ["usb", "usb/site"])
    }
}
