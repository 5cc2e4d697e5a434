import Foundation
import Station
import Status

/// What has changed since the last event of one stream: many changes become one event.
///
/// Of bounded size: beyond ``limit`` stations, or after a gap, it only says that anything may have changed.
struct PendingChanges {
    /// Stations that one event names.
    static let limit = 200

    private struct Station: Encodable {
        var station: Int64
        var state: String
    }

    /// The data of `event: change`.
    private struct Change: Encodable {
        var stations: [Station]?
        var anything: Bool?
    }

    /// The data of `event: status`.
    private struct Status: Encodable {
        var online: Bool?
        var inboxes: Bool?
    }

    private var stations: [Int64: ItemState.Name] = [:]
    private var isAnything = false
    private var online: Bool?
    private var inboxesChanged = false
    private var last: UInt64?

    mutating func note(_ change: DaemonChange) {
        // The feed has dropped what this stream was too slow for.
        if let last, change.number != last + 1 { noteAnything() }
        last = change.number
        switch change.subject {
        case .station:
            guard !isAnything, let item = change.item else { break }
            stations[item.number] = item.state
            if stations.count > Self.limit { noteAnything() }
        case .link(let link): online = link == .connected
        case .inbox: inboxesChanged = true
        case .anything: noteAnything()
        }
    }

    mutating func noteAnything() { (isAnything, stations) = (true, [:]) }

    /// The events, as they are sent; nil where nothing has changed.
    ///
    /// Afterwards nothing is pending.
    mutating func take() -> String? {
        var events: [String] = []
        if isAnything {
            events.append(event("change", Change(anything: true)))
        } else if !stations.isEmpty {
            let changed = stations.sorted { $0.key < $1.key }.map { Station(station: $0.key, state: $0.value.rawValue) }
            events.append(event("change", Change(stations: changed)))
        }
        if online != nil || inboxesChanged {
            events.append(event("status", Status(online: online, inboxes: inboxesChanged ? true : nil)))
        }
        (stations, isAnything, online, inboxesChanged) = ([:], false, nil, false)
        return events.isEmpty ? nil : events.joined()
    }

    private func event(_ name: String, _ data: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Numbers, truth values and our own words always encode.
        let data = (try? encoder.encode(data)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        return "event: \(name)\nid: \(last ?? 0)\ndata: \(data)\n\n"
    }
}
