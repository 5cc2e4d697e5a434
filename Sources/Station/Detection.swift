/// How changes below an inbox are noticed.
package enum Detection: String, Sendable, CaseIterable {
    /// By inotify where the file system reports everything, else by polling.
    case auto
    case inotify
    case poll
}
