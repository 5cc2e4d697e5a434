import Testing

@testable import Meters

/// What the kernel says of the process.
struct ProcessReadingsTests {
    @Test func `this process has used time, memory and descriptors, and started before now`() {
        let values = Dictionary(uniqueKeysWithValues: ProcessReadings.take().map { ($0.metric.name, $0.value) })
        #expect(Set(values.keys) == Set(ProcessReadings.declarations.map(\.name)))
        #expect((values["process_resident_memory_bytes"] ?? 0) > 1_000_000)
        #expect((values["process_open_fds"] ?? 0) >= 3)
        #expect((values["process_start_time_seconds"] ?? 0) > 1_600_000_000)
        #expect(values.values.allSatisfy { $0 > 0 })
    }

    @Test func `a program's name may hold brackets and spaces`() {
        let line = "7 (a) b (c) S 1 7 7 0 -1 4194304 9 0 0 0 11 12 0 0 20 0 3 0 500 4096000 250 18446744073709551615"
        let fields = ProcessReadings.Fields(user: 11, system: 12, start: 500, virtual: 4_096_000, pages: 250)
        #expect(ProcessReadings.fields(line) == fields)
    }

    @Test(arguments: ["", "7 (a", "7 (a) S 1 2", "7 (a) S 1 7 7 0 -1 4194304 9 0 0 0 x 12 0 0 20 0 3 0 500 40 2 1"])
    func `a line that is cut short or no numbers is not read`(line: String) {
        #expect(ProcessReadings.fields(line) == nil)
    }

    @Test func `the time of the boot is found among the lines`() {
        #expect(ProcessReadings.bootTime("cpu 1 2\nbtime 1700000000\nprocesses 3\n") == 1_700_000_000)
        #expect(ProcessReadings.bootTime("cpu 1 2\n") == nil)
    }
}
