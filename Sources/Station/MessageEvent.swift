/// What a message to people outside is about; the words of the configuration and of the message itself.
package enum MessageEvent: String, CaseIterable, Codable, Hashable, Sendable {
    /// Stations were refused; the crew can fix them.
    case rejected
    /// Stations could not be delivered, and drop360 has stopped trying.
    case failed
    /// Stations were refused because what they are in CDF belongs to another folder.
    case conflict
    /// Nothing has been delivered for a while, because CDF cannot be reached or does not let drop360 in.
    case offline
    /// CDF can be reached again; only after `offline`.
    case recovered
    case inboxLost = "inbox-lost"
    /// Only after `inbox-lost`.
    case inboxFound = "inbox-found"
    /// The state directory's disk is nearly full.
    case diskLow = "disk-low"

    /// Those about stations, which are gathered by cause.
    package static let aboutStations: [Self] = [.rejected, .failed, .conflict]
}
