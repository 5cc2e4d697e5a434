import Foundation

/// What the kernel allows one user to watch: `fs.inotify.*`.
package struct NotifyLimits: Sendable, Equatable {
    /// Folders; nil where the kernel does not say.
    package var watches: Int?
    package var instances: Int?

    package static func current() -> NotifyLimits {
        func read(_ name: String) -> Int? {
            // Nil says that it is not known.
            (try? String(contentsOfFile: "/proc/sys/fs/inotify/" + name, encoding: .utf8))
                .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        return NotifyLimits(
            watches: read("max_user_watches"),
            instances: read("max_user_instances")
        )
    }

    /// What to set the limit to for so many folders: twice as many, since a drop folder grows, in steps of 8192.
    package static func advisedWatches(for folders: Int) -> Int { (max(folders, 4096) * 2 + 8191) / 8192 * 8192 }

    package static func sysctl(watches: Int) -> String { "sysctl fs.inotify.max_user_watches=\(watches)" }
}
