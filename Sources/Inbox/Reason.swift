/// What made the scanner list a folder; decides how a change that is found there is counted.
enum Reason: Sendable {
    /// The first listing of an inbox.
    case arrival
    case event
    case rescan
    /// Polled inboxes and folders, and finished stations, which hold no watch.
    case poll
    /// The scanner's own second listing of a folder that it knows to be changing.
    case recheck
}
