/// Folders that must be listed, each once, in the order of the requests.
struct Worklist {
    struct Item {
        var id: NodeID
        var reason: Reason
        /// The names in it that something happened to; nil to list all of it.
        var names: Set<String>?
    }

    /// More names than these, and the whole folder is listed.
    private static let fewNames = 32

    private var order: [NodeID] = []
    private var first = 0
    private var items: [NodeID: Item] = [:]

    var count: Int { items.count }

    mutating func add(_ id: NodeID, because reason: Reason, names: Set<String>? = nil) {
        guard var item = items[id] else {
            items[id] = Item(id: id, reason: reason, names: names)
            order.append(id)
            return
        }
        if item.reason != .event { item.reason = reason }
        if let more = names, let some = item.names {
            let all = some.union(more)
            item.names = all.count > Self.fewNames ? nil : all
        } else {
            item.names = nil
        }
        items[id] = item
    }

    mutating func takeFirst() -> Item? {
        guard first < order.count else { return nil }
        let id = order[first]
        first += 1
        if first == order.count {
            order.removeAll(keepingCapacity: order.count < 4096)
            first = 0
        }
        return items.removeValue(forKey: id)
    }
}
