import InMemoryLogging
import Logging
import Station
import Synchronization
import Testing

@testable import Daemon

struct FileProgressLogTests {
    @Test func `a file that takes long is named every few seconds with its percentage, one that is quick never`() {
        let handler = InMemoryLogHandler()
        let start = ContinuousClock.now
        let now = Mutex(start)
        let log = FileProgressLog(logger: Logger(label: "test") { _ in handler }) { now.withLock { $0 } }
        func note(_ path: String, _ done: Int64, at second: Int) {
            now.withLock { $0 = start + .seconds(second) }
            log.note(.init(item: ItemPath(inbox: "/in", path: path), done: done, size: 200))
        }
        note("quick.e57", 1, at: 100)
        note("quick.e57", 200, at: 109)
        note("large.e57", 1, at: 200)
        note("large.e57", 20, at: 209)
        note("large.e57", 68, at: 210)
        note("large.e57", 70, at: 219)
        note("large.e57", 100, at: 220)
        note("large.e57", 200, at: 240)
        #expect(handler.entries.map { "\($0.metadata["percent"] ?? "")" } == ["34", "50"])
        #expect(handler.entries.allSatisfy { $0.level == .info && "\($0.metadata["file.path"] ?? "")" == "large.e57" })
    }
}
