import Foundation

/// What the kernel allows one user to watch.
package struct NotifyLimits: Sendable, Equatable {
    /// Folders; nil where the kernel does not say.
    package var watches: Int?
    package var instances: Int?
    /// Which of the kernel's two settings holds the number of watches: in a container it is its own, elsewhere they are one.
    package var watchesKey = Self.machineKey

    private static let machineKey = "fs.inotify.max_user_watches"
    private static let containerKey = "user.max_inotify_watches"

    package static func current() -> NotifyLimits {
        let machine = read(machineKey)
        let container = read(containerKey)
        let isNarrower = container.map { $0 < machine ?? .max } ?? false
        return NotifyLimits(
            watches: isNarrower ? container : machine,
            instances: [read("fs.inotify.max_user_instances"), read("user.max_inotify_instances")].compactMap(\.self)
                .min(),
            watchesKey: isNarrower ? containerKey : machineKey
        )
    }

    private static func read(_ key: String) -> Int? {
        // Nil says that it is not known.
        (try? String(contentsOfFile: "/proc/sys/" + key.replacingOccurrences(of: ".", with: "/"), encoding: .utf8))
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// The command that allows twice as many watches as there are folders, since a drop folder grows, in steps of 8192.
    package func sysctl(folders: Int) -> String {
        "sysctl \(watchesKey)=\((max(folders, 4096) * 2 + 8191) / 8192 * 8192)"
    }
}
