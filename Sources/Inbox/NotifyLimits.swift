import Foundation

/// What the kernel allows one user to watch.
package struct NotifyLimits: Sendable, Equatable {
    /// Folders; nil where the kernel does not say.
    package var watches: Int?
    package var instances: Int?
    /// Which of the kernel's two settings holds the number of watches: in a container it is its own, elsewhere they are one.
    package var watchesKey = Self.machineKey

    private static let machineKey = "fs.inotify.max_user_watches"
    /// The same for the number of instances.
    package var instancesKey = "fs.inotify.max_user_instances"

    private static let containerKey = "user.max_inotify_watches"

    package static func current() -> NotifyLimits {
        let machine = read(machineKey)
        let container = read(containerKey)
        let isNarrower = container.map { $0 < machine ?? .max } ?? false
        let instances = read("fs.inotify.max_user_instances")
        let own = read("user.max_inotify_instances")
        let hasFewer = own.map { $0 < instances ?? .max } ?? false
        return NotifyLimits(
            watches: isNarrower ? container : machine,
            instances: hasFewer ? own : instances,
            watchesKey: isNarrower ? containerKey : machineKey,
            instancesKey: hasFewer ? "user.max_inotify_instances" : "fs.inotify.max_user_instances"
        )
    }

    private static func read(_ key: String) -> Int? {
        // Nil says that it is not known.
        (try? String(contentsOfFile: "/proc/sys/" + key.replacingOccurrences(of: ".", with: "/"), encoding: .utf8))
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// The command that allows as many watches as now and twice as many as there are folders, in steps of 8192: a drop folder
    /// grows, and other programs of the same user need theirs.
    package func sysctl(folders: Int) -> String {
        "sysctl \(watchesKey)=\(((watches ?? 0) + max(folders, 4096) * 2 + 8191) / 8192 * 8192)"
    }

    /// The command that allows more instances.
    package var instancesSysctl: String { "sysctl \(instancesKey)=\((instances ?? 0) + 512)" }
}
