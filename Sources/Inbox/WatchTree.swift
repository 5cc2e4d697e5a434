import DropFolder

/// What makes a folder the same folder as long as it stands.
struct FolderIdentity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64

    init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    init(_ stamp: FileStamp) { self.init(device: stamp.device, inode: stamp.inode) }
}

/// The folders below the inboxes and the inotify watches on them.
///
/// A plain value. Folders know their parents, not their paths, since a rename changes the paths of everything below.
struct WatchTree: Sendable {
    /// A folder for as long as it is in the tree; never given to another one.
    struct NodeID: Hashable, Sendable {
        fileprivate let number: Int
    }

    /// What the last listing showed.
    enum Content: Sendable { case unlisted, plain, station, unreadable }

    struct Node: Sendable {
        /// The number of the inbox.
        let inbox: Int
        let parent: NodeID?
        let name: String
        /// 0 for the inbox itself.
        let depth: Int
        let identity: FolderIdentity
        fileprivate(set) var children: [ExactName: NodeID] = [:]
        fileprivate(set) var watch: Int32?
        fileprivate(set) var content = Content.unlisted
        /// What the pose lists in it looked like, and which half of a station it holds.
        fileprivate(set) var poseLists = "\n"
    }

    /// A folder that was taken out of the tree.
    struct Removed: Equatable, Sendable {
        var id: NodeID
        var path: String
        /// The watch that was still its own.
        var watch: Int32?
    }

    private var nodes: [NodeID: Node] = [:]
    private var watched: [Int32: NodeID] = [:]
    private var lastNumber = 0

    var count: Int { nodes.count }
    var watchCount: Int { watched.count }

    /// The folder; nil once it is out of the tree.
    subscript(_ id: NodeID) -> Node? { nodes[id] }

    mutating func note(_ content: Content, of id: NodeID) { nodes[id]?.content = content }

    mutating func note(poseLists: String, of id: NodeID) { nodes[id]?.poseLists = poseLists }

    mutating func addRoot(inbox: Int, identity: FolderIdentity) -> NodeID {
        add(Node(inbox: inbox, parent: nil, name: "", depth: 0, identity: identity))
    }

    /// Adds a folder; one of the same name that stood there must have been removed before.
    mutating func addChild(_ name: String, identity: FolderIdentity, of parent: NodeID) -> NodeID? {
        guard let above = nodes[parent], above.children[ExactName(name)] == nil else { return nil }
        let id = add(Node(inbox: above.inbox, parent: parent, name: name, depth: above.depth + 1, identity: identity))
        nodes[parent]?.children[ExactName(name)] = id
        return id
    }

    private mutating func add(_ node: Node) -> NodeID {
        lastNumber += 1
        let id = NodeID(number: lastNumber)
        nodes[id] = node
        return id
    }

    /// The folder's path below its inbox; empty for the inbox itself.
    func path(of id: NodeID) -> String { names(of: id).joined(separator: "/") }

    /// The names that lead from the inbox to the folder.
    func names(of id: NodeID) -> [String] {
        var names: [String] = []
        var next = nodes[id]
        while let node = next, let parent = node.parent {
            names.append(node.name)
            next = nodes[parent]
        }
        return names.reversed()
    }

    /// The folder at `path` below `root`, or the lowest one on the way there; `isWhole` says which.
    func find(_ path: String, below root: NodeID) -> (id: NodeID, isWhole: Bool) {
        var id = root
        for name in path.split(separator: "/") {
            guard let child = nodes[id]?.children[ExactName(String(name))] else { return (id, false) }
            id = child
        }
        return (id, true)
    }

    func isAt(_ id: NodeID, orBelow above: NodeID) -> Bool {
        var next: NodeID? = id
        while let current = next {
            if current == above { return true }
            next = nodes[current]?.parent
        }
        return false
    }

    func node(watching watch: Int32) -> NodeID? { watched[watch] }

    /// Gives the folder its watch and returns the one that held it before.
    ///
    /// The kernel gives a folder that was moved the watch it already had: then the old place has lost it.
    mutating func setWatch(_ watch: Int32, on id: NodeID) -> NodeID? {
        guard nodes[id] != nil else { return nil }
        let before = watched[watch]
        if let before, before != id { nodes[before]?.watch = nil }
        if let old = nodes[id]?.watch, old != watch { watched[old] = nil }
        nodes[id]?.watch = watch
        watched[watch] = id
        return before == id ? nil : before
    }

    /// Notes that the kernel has ended a watch, and returns the folder that had it.
    mutating func endWatch(_ watch: Int32) -> NodeID? {
        guard let id = watched.removeValue(forKey: watch) else { return nil }
        nodes[id]?.watch = nil
        return id
    }

    /// Takes the folder and all below it out, and returns them, upper ones first.
    mutating func remove(_ id: NodeID) -> [Removed] {
        guard let top = nodes[id] else { return [] }
        var removed: [Removed] = []
        var open: [(id: NodeID, path: String)] = [(id, path(of: id))]
        while let (next, path) = open.popLast() {
            guard let node = nodes.removeValue(forKey: next) else { continue }
            if let watch = node.watch { watched[watch] = nil }
            removed.append(Removed(id: next, path: path, watch: node.watch))
            for (name, child) in node.children {
                open.append((child, path.isEmpty ? name.text : path + "/" + name.text))
            }
        }
        if let parent = top.parent { nodes[parent]?.children[ExactName(top.name)] = nil }
        return removed
    }
}
