import DropFolder

/// What identifies a folder as long as it exists.
struct FolderIdentity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64

    init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    init(_ stamp: FileStamp) { self.init(device: stamp.device, inode: stamp.inode) }
}

/// A folder for as long as it is in its inbox's tree; never given to another one.
struct NodeID: Hashable, Sendable {
    /// The number of the inbox.
    let inbox: Int
    fileprivate let number: Int
}

/// The folders below one inbox.
///
/// A plain value. Folders know their parents, not their paths, since a rename changes the paths of everything below.
struct FolderTree: Sendable {
    /// What the last listing showed.
    enum Content: Sendable { case unlisted, plain, station, unreadable }

    struct Node: Sendable {
        let parent: NodeID?
        let name: String
        /// 0 for the inbox itself.
        let depth: Int
        let identity: FolderIdentity
        fileprivate(set) var children: [ExactName: NodeID] = [:]
        fileprivate(set) var content = Content.unlisted
        fileprivate var poseLists = ""
        fileprivate var half = ""
    }

    /// A folder that was taken out of the tree.
    struct Removed: Equatable, Sendable {
        var id: NodeID
        var path: String
    }

    private let inbox: Int
    private var nodes: [NodeID: Node] = [:]
    private var lastNumber = 0
    /// The inbox itself; nil while it is lost.
    private(set) var root: NodeID?

    init(inbox: Int) { self.inbox = inbox }

    var count: Int { nodes.count }

    /// The folder; nil once it is out of the tree.
    subscript(_ id: NodeID) -> Node? { nodes[id] }

    mutating func note(_ content: Content, of id: NodeID) { nodes[id]?.content = content }

    /// Records what the pose lists in a folder look like and which half of a station it holds; says what of it is new.
    mutating func note(poseLists: String, half: String, of id: NodeID) -> (isListNew: Bool, isHalfNew: Bool) {
        defer {
            nodes[id]?.poseLists = poseLists
            nodes[id]?.half = half
        }
        return (nodes[id]?.poseLists != poseLists, nodes[id]?.half != half)
    }

    /// Adds the inbox itself; the one before must have been removed.
    mutating func addRoot(_ identity: FolderIdentity) -> NodeID {
        let id = add(Node(parent: nil, name: "", depth: 0, identity: identity))
        root = id
        return id
    }

    /// Adds a folder; one of the same name in that place must have been removed before.
    mutating func addChild(_ name: String, identity: FolderIdentity, of parent: NodeID) -> NodeID? {
        guard let above = nodes[parent], above.children[ExactName(name)] == nil else { return nil }
        let id = add(Node(parent: parent, name: name, depth: above.depth + 1, identity: identity))
        nodes[parent]?.children[ExactName(name)] = id
        return id
    }

    private mutating func add(_ node: Node) -> NodeID {
        lastNumber += 1
        let id = NodeID(inbox: inbox, number: lastNumber)
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

    /// The folder at `path`, or the lowest one on the way there; `isWhole` says which.
    ///
    /// Nil while the inbox is lost.
    func find(_ path: String) -> (id: NodeID, isWhole: Bool)? {
        guard var id = root else { return nil }
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

    /// Takes the folder and all below it out, and returns them, upper ones first.
    mutating func remove(_ id: NodeID) -> [Removed] {
        guard let top = nodes[id] else { return [] }
        var removed: [Removed] = []
        var open: [(id: NodeID, path: String)] = [(id, path(of: id))]
        while let (next, path) = open.popLast() {
            guard let node = nodes.removeValue(forKey: next) else { continue }
            removed.append(Removed(id: next, path: path))
            for (name, child) in node.children {
                open.append((child, path.isEmpty ? name.text : path + "/" + name.text))
            }
        }
        if let parent = top.parent { nodes[parent]?.children[ExactName(top.name)] = nil }
        if id == root { root = nil }
        return removed
    }
}
