/// How changes below an inbox are detected.
package enum Detection: String, Sendable, CaseIterable {
    /// Inotify if the file system reports everything, otherwise polling.
    case auto
    case inotify
    case poll
}
