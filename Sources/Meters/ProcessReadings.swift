import Glibc

/// What the kernel says of this process, under the names that every Prometheus client uses.
///
/// Reads a few files of `/proc`, which block for moments at most; what cannot be read is left out.
package enum ProcessReadings {
    package static let cpu = MetricDeclaration(
        "process_cpu_seconds_total",
        .counter,
        help: "Processor time that the process has used, in seconds."
    )
    package static let resident = MetricDeclaration(
        "process_resident_memory_bytes",
        .gauge,
        help: "Memory of the process that is in RAM."
    )
    package static let virtual = MetricDeclaration(
        "process_virtual_memory_bytes",
        .gauge,
        help: "Address space of the process."
    )
    package static let started = MetricDeclaration(
        "process_start_time_seconds",
        .gauge,
        help: "When the process started, in seconds since 1970."
    )
    package static let openFiles = MetricDeclaration(
        "process_open_fds",
        .gauge,
        help: "Open file descriptors."
    )
    package static let mostFiles = MetricDeclaration(
        "process_max_fds",
        .gauge,
        help: "How many file descriptors the process may have."
    )
    package static let declarations = [cpu, resident, virtual, started, openFiles, mostFiles]

    package static func take() -> [Reading] {
        var readings: [Reading] = []
        if let stat = text("/proc/self/stat"), let fields = fields(stat) {
            let (ticks, page) = (Double(sysconf(Int32(_SC_CLK_TCK))), Double(sysconf(Int32(_SC_PAGESIZE))))
            readings.append(Reading(cpu, value: (fields.user + fields.system) / ticks))
            readings.append(Reading(resident, value: fields.pages * page))
            readings.append(Reading(virtual, value: fields.virtual))
            if let booted = text("/proc/stat").flatMap(bootTime) {
                readings.append(Reading(started, value: booted + fields.start / ticks))
            }
        }
        if let count = openDescriptors() { readings.append(Reading(openFiles, value: Double(count))) }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            readings.append(Reading(mostFiles, value: Double(limit.rlim_cur)))
        }
        return readings
    }

    /// What is wanted of `/proc/self/stat`: ticks, bytes and pages.
    struct Fields: Equatable {
        var user: Double
        var system: Double
        var start: Double
        var virtual: Double
        var pages: Double
    }

    /// Nil where the line is not as proc(5) describes it.
    static func fields(_ stat: String) -> Fields? {
        // The second field is the program's name in brackets, which may hold anything.
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let rest = stat[stat.index(after: end)...].split(separator: " ").map { Double($0) }
        guard rest.count > 21, let user = rest[11], let system = rest[12], let start = rest[19], let size = rest[20],
            let pages = rest[21]
        else { return nil }
        return Fields(user: user, system: system, start: start, virtual: size, pages: pages)
    }

    /// Seconds since 1970, from `/proc/stat`.
    static func bootTime(_ stat: String) -> Double? {
        let line = stat.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst("btime ".count)) }
    }

    private static func openDescriptors() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without `.` and `..`, and the one that this listing takes.
        return max(0, count - 3)
    }

    private static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        // `/proc/stat` has a line for every processor in front of what is wanted.
        while bytes.count < 1 << 20 {
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(descriptor, &piece, piece.count)
            guard count > 0 else { return count < 0 ? nil : String(decoding: bytes, as: UTF8.self) }
            bytes += piece.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
