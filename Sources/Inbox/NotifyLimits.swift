import Foundation

/// What the kernel allows one user to watch.
package struct NotifyLimits: Sendable, Equatable {
    /// Folders; nil where the kernel does not report it.
    package var watches: Int?
    package var instances: Int?
    /// Which of the kernel's two settings holds each number: a container has its own, elsewhere both are the same.
    package var watchesKey: String
    package var instancesKey: String

    package static func current() -> NotifyLimits {
        let watches = narrower("fs.inotify.max_user_watches", "user.max_inotify_watches")
        let instances = narrower("fs.inotify.max_user_instances", "user.max_inotify_instances")
        return NotifyLimits(
            watches: watches.limit,
            instances: instances.limit,
            watchesKey: watches.key,
            instancesKey: instances.key
        )
    }

    /// The container's setting where it allows less than the machine's.
    private static func narrower(_ machine: String, _ container: String) -> (limit: Int?, key: String) {
        let (all, own) = (read(machine), read(container))
        if let own, own < all ?? .max { return (own, container) }
        return (all, machine)
    }

    private static func read(_ key: String) -> Int? {
        // Nil says that it is not known.
        KernelFile.text("/proc/sys/" + key.replacingOccurrences(of: ".", with: "/"))
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
