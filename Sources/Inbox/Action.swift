/// What is to be done after a value took a fact; the ``Scanner`` does it, in order.
enum Action: Sendable {
    case emit(InboxEvent)
    /// List a folder, or only check some names in it.
    case list(NodeID, because: Reason, names: Set<String>? = nil)
    /// List a folder as part of the sweep under way.
    case listInSweep(NodeID)
    /// Glance at the finished stations in a folder that are due.
    case glance(NodeID)
    case schedule(Appointment, Timing)
    case cancel(Appointment)
    /// A change was found; `isGrowing` where a program is writing files there.
    case count(NodeID, Reason, isGrowing: Bool)
    /// inotify reported something in the folder.
    case explain(NodeID)
    /// The folder is out of its tree.
    case forget(NodeID)
    /// List the folder now and then, since its item was emitted and isn't final; or not any more.
    case follow(NodeID)
    case stopFollowing(NodeID)
    case checkRoot(Int)
    /// List the whole inbox soon.
    case sweepSoon(Int)
    case removeProbe(ProbeFile)
    case report(Notice)
}

/// What is to be done at a certain time, besides what ``Settling`` wants.
enum Appointment: Hashable, Sendable {
    /// See whether the inbox still is the same folder.
    case root(Int)
    case sweep(Int)
    /// List a folder whose item was emitted but isn't final.
    case follow(NodeID)
    /// Glance at a station that was finished recently.
    case glance(Int, ExactName)
    case list(NodeID)
    case recheck(Int, ExactName)
    /// List the folders that could get no watch.
    case unwatched
    /// By now inotify would have reported what a rescan found there.
    case miss(NodeID)
    /// By now inotify would have reported the probe.
    case probe(Int)
    /// Files that a program seemed to be writing have had their time.
    case openFiles(NodeID)
    /// Ask for an inotify instance again.
    case instance
}

/// When an appointment is.
struct Timing: Equatable, Sendable {
    /// From now.
    var delay: Duration
    /// At the next full second: work that is not awaited is done together, so that the processor wakes rarely.
    var isLoose = false
    /// An earlier time of the same appointment stays.
    var keepsEarlier = false

    static func after(_ delay: Duration) -> Timing { Timing(delay: delay) }
    static func about(_ delay: Duration) -> Timing { Timing(delay: delay, isLoose: true) }
    static func within(_ delay: Duration) -> Timing { Timing(delay: delay, keepsEarlier: true) }
    static func withinAbout(_ delay: Duration) -> Timing { Timing(delay: delay, isLoose: true, keepsEarlier: true) }
}
