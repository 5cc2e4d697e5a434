import Foundation
@testable import TestSupport
import Testing

/// What all other tests lean on.
struct ManualClockTests {
    @Test(.timeLimit(.minutes(15)))
    func `a sleeper wakes when the clock reaches its deadline, and not before`() async throws {
        let clock = ManualClock()
        let sleeper = Task { try await clock.sleep(for: .seconds(10)) }
        await clock.untilAsleep()
        clock.advance(by: .seconds(9))
        #expect(clock.sleeperCount == 1)
        #expect(clock.nextDeadline?.offset == .seconds(10))
        clock.advance(by: .seconds(1))
        try await sleeper.value
        #expect(clock.sleeperCount == 0)
        #expect(clock.date == Date(timeIntervalSince1970: 1_777_636_810))
    }

    @Test(.timeLimit(.minutes(15)))
    func `a cancelled sleeper wakes at once, whether cancelled before or during its sleep`() async {
        let clock = ManualClock()
        let sleeper = Task { try await clock.sleep(for: .seconds(10)) }
        await clock.untilAsleep()
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(for: .seconds(10))
        }
        await #expect(throws: CancellationError.self) { try await late.value }
        #expect(clock.sleeperCount == 0)
    }

    @Test(.timeLimit(.minutes(15)))
    func `several sleepers are awaited, and each is woken at its time`() async throws {
        let clock = ManualClock()
        let sleepers = [3, 1, 2].map { seconds in Task { try await clock.sleep(for: .seconds(seconds)) } }
        await clock.untilAsleep(3)
        for (left, index) in [(2, 1), (1, 2), (0, 0)] {
            clock.advance(by: .seconds(1))
            try await sleepers[index].value
            #expect(clock.sleeperCount == left)
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `sleeping until a time that has passed returns at once, and a cancelled wait ends`() async throws {
        let clock = ManualClock()
        try await clock.sleep(until: clock.now)
        let waiting = Task { await clock.untilAsleep() }
        waiting.cancel()
        await waiting.value
    }
}

struct StationMakerTests {
    @Test func `checksums are those of the standards`() {
        #expect(PNGWriter.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(PNGWriter.adler32(Array("Wikipedia".utf8)) == 0x11E6_0398)
    }

    @Test func `the same seed gives the same numbers`() {
        var (one, two, other) = (SeededGenerator(seed: 1), SeededGenerator(seed: 1), SeededGenerator(seed: 2))
        let numbers = (0..<5).map { _ in one.next() }
        #expect(numbers == (0..<5).map { _ in two.next() })
        #expect(numbers != (0..<5).map { _ in other.next() })
        // The first number of splitmix64 from 0, as its authors give it.
        var zero = SeededGenerator(seed: 0)
        #expect(zero.next() == 0xE220_A839_7B1D_CDAF)
    }

    @Test func `stations with different seeds share no file, and the same seed gives the same bytes`() throws {
        let folder = try TemporaryFolder()
        let maker = StationMaker(edge: 64)
        for (name, seed) in [("a", 1), ("b", 2), ("c", 1)] {
            try maker.write(to: folder.path, named: name, .init(seed: seed))
        }
        #expect(
            try folder.names(in: "a") == [
                "back.jpg", "bottom.jpg", "front.jpg", "left.jpg", "pose.json", "right.jpg", "top.jpg",
            ]
        )
        var files: Set<Data> = []
        for face in ["front", "back", "left", "right", "top", "bottom"] {
            #expect(try folder.read("a/\(face).jpg") == folder.read("c/\(face).jpg"))
            for station in ["a", "b"] { files.insert(try folder.read("\(station)/\(face).jpg")) }
        }
        #expect(files.count == 12)
    }

    @Test func `three hundred stations take no time`() throws {
        let folder = try TemporaryFolder()
        let maker = StationMaker()
        let clock = ContinuousClock()
        let taken = try clock.measure {
            for seed in 0..<300 { try maker.write(to: folder.path, named: "s\(seed)", .init(seed: seed)) }
        }
        #expect(taken < .seconds(60), "the cache is not used")
    }

    @Test func `a temporary folder is removed with its last reference`() throws {
        var folder: TemporaryFolder? = try TemporaryFolder()
        let path = try #require(folder?.path)
        try folder?.write("x", to: "a.txt")
        #expect(FileManager.default.fileExists(atPath: path))
        folder = nil
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a sidecar's text is JSON, whatever its values are`() throws {
        let text = StationMaker.sidecar(siteID: "a\"\\\u{1}\n/é", extra: ["label": #"["x"]"#])
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        #expect(object?["site_id"] as? String == "a\"\\\u{1}\n/é")
        #expect(object?["label"] as? [String] == ["x"])
    }
}
