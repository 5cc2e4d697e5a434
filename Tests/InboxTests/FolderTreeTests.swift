import TestSupport
import Testing

@testable import Inbox

struct FolderTreeTests {
    private func identity(_ number: Int) -> FolderIdentity { FolderIdentity(device: 1, inode: UInt64(number)) }

    @Test func `paths follow from parents`() throws {
        var tree = FolderTree(inbox: 0)
        let root = tree.addRoot(identity(1))
        let added = tree.addChild("site", identity: identity(2), of: root)
        let site = try #require(added)
        let addedBelow = tree.addChild("station", identity: identity(3), of: site)
        let station = try #require(addedBelow)
        let again = tree.addChild("site", identity: identity(4), of: root)
        #expect(again == nil)
        #expect(tree.path(of: root) == "")
        #expect(tree.path(of: station) == "site/station")
        let (whole, part) = (try #require(tree.find("site/station")), try #require(tree.find("site/other/deep")))
        #expect(whole == (station, true))
        #expect(part == (site, false))
    }

    @Test func `a moved folder takes its watch along, and its old place does not end the watch`() throws {
        var (tree, watches) = (FolderTree(inbox: 0), Watches())
        let root = tree.addRoot(identity(1))
        let added = tree.addChild("old", identity: identity(2), of: root)
        let old = try #require(added)
        #expect(watches.take(.success(7), for: old, at: .now, limit: nil) == .watched(before: nil))
        let addedAgain = tree.addChild("new", identity: identity(2), of: root)
        let new = try #require(addedAgain)
        #expect(watches.take(.success(7), for: new, at: .now, limit: nil) == .watched(before: old))
        #expect(watches.folder(with: 7) == new)
        let removed = tree.remove(old).map { watches.forget($0.id) }
        #expect(removed == [nil])
        #expect(watches.folder(with: 7) == new)
        let ended = (watches.end(7), watches.end(7))
        #expect(ended == (new, nil))
        #expect(!watches.hasWatch(new))
    }

    /// Against a plain dictionary of paths.
    @Test(arguments: UInt64(0)..<40)
    func `whatever is added, watched, moved and removed, the tree agrees with a list of paths`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var (tree, table) = (FolderTree(inbox: 0), Watches())
        let root = tree.addRoot(identity(0))
        var paths: [String: NodeID] = ["": root]
        var watches: [Int32: String] = [:]
        var nextWatch: Int32 = 1
        for step in 1...60 {
            let path = try #require(paths.keys.sorted().randomElement(using: &random))
            let id = try #require(paths[path])
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where id != root:
                let gone = paths.keys.filter { $0 == path || $0.hasPrefix(path + "/") }
                let removed = tree.remove(id)
                #expect(removed.map(\.path).sorted() == gone.sorted())
                #expect(removed.first?.path == path)
                for entry in removed {
                    let watch = table.forget(entry.id)
                    #expect(watch == watches.first { $0.value == entry.path }?.key)
                }
                for path in gone { paths[path] = nil }
                watches = watches.filter { !gone.contains($0.value) }
            case 1:
                // A fresh watch, or one that another folder held.
                let watch =
                    Bool.random(using: &random)
                    ? nextWatch : watches.keys.sorted().randomElement(using: &random) ?? nextWatch
                nextWatch += 1
                let before = watches[watch]
                let grant = table.take(.success(watch), for: id, at: .now, limit: nil)
                #expect(grant == .watched(before: before == path ? nil : before.flatMap { paths[$0] }))
                watches = watches.filter { $0.value != path }
                watches[watch] = path
            default:
                let child = path.isEmpty ? "n\(step)" : path + "/n\(step)"
                paths[child] = tree.addChild("n\(step)", identity: identity(step), of: id)
            }
            #expect(tree.count == paths.count)
            #expect(table.count == watches.count)
            for (path, id) in paths {
                #expect(tree.path(of: id) == path)
                #expect(table.hasWatch(id) == watches.values.contains(path))
            }
            for (watch, path) in watches { #expect(table.folder(with: watch) == paths[path]) }
        }
    }
}
