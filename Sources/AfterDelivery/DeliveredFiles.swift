import Crypto
import DropFolder
import Foundation
import Ledger
import Station

/// Compares the files of a delivered item with what was delivered, and plans what becomes of them.
///
/// It blocks.
struct DeliveredFiles {
    let record: ItemRecord
    let way: ClearingPlan.Way
    let rules: IgnoreRules
    /// Asked between two pieces of a file: true ends it.
    let isStopping: @Sendable () -> Bool

    /// - Throws: ``ClearingObstacle/changed(_:)`` where they are not as they were delivered.
    func plan() throws(ClearingObstacle) -> ClearingPlan {
        let outcome: Result<ClearingPlan, ClearingObstacle>
        do throws(DropFolderError) {
            switch record.content {
            case .station(let capture): outcome = try station(capture)
            case .pointCloud(let cloud): outcome = try file(digest: cloud.fileDigest)
            case .scan(let scan): outcome = try file(digest: scan.fileDigest)
            case nil: throw .missing(path: record.folder)
            }
        } catch {
            switch error {
            case .missing, .notRegular: throw .changed(error.summary)
            case .noPermission, .unavailable: throw .trouble(error.description)
            }
        }
        return try outcome.get()
    }

    /// Where the item is: the names of the folders above it, and its own.
    private var place: (folder: String, name: String) {
        var parts = record.path.split(separator: "/").map(String.init)
        let name = parts.popLast() ?? ""
        return (parts.joined(separator: "/"), name)
    }

    private func station(_ capture: Capture) throws(DropFolderError) -> Result<ClearingPlan, ClearingObstacle> {
        let snapshot = try FolderSnapshot.take(inbox: record.inbox, path: record.path, ignoring: rules)
        guard snapshot.stamp == record.lastSight.stamp, snapshot.names(.temporary).isEmpty else {
            return .failure(.changed("The folder has changed since it was delivered."))
        }
        // What lies below may be a station, and a file in it a scan, that is not delivered yet.
        if way != .delete, let words = Self.passenger(in: snapshot) { return .failure(.trouble(words)) }
        let folder = try OpenFolder.at(root: record.inbox, relativePath: record.path)
        let inode = try folder.stamp().inode
        let inbox = try OpenFolder(root: record.inbox).stamp().inode
        var entries: [ClearingPlan.Entry] = []
        let faces = capture.orderedFaces.map(\.image)
        // Of a panorama nothing but its stamp is known: its six faces were rendered. Moving can be undone, deleting cannot.
        let isRendered = faces.contains { $0.storedIn != nil }
        if isRendered, way == .delete {
            return .failure(.trouble("Panoramas are not deleted: what was delivered of them are rendered faces."))
        }
        if !isRendered {
            for face in faces {
                let entry = try self.entry(face.fileName, in: folder)
                guard let entry, entry.digest == face.digest else {
                    return .failure(.changed("\(printable(face.fileName)) is not what was delivered."))
                }
                entries.append(entry)
            }
        }
        guard way == .delete else {
            let (parent, name) = place
            let whole = ClearingPlan.Entry(name: name, inode: inode, size: 0, digest: nil)
            let plan = ClearingPlan(
                way: way,
                folder: parent,
                entries: [whole],
                removesFolder: false,
                stamp: snapshot.stamp,
                inbox: inbox
            )
            return .success(plan)
        }
        // The sidecar last: what is left of an interrupted deletion is then no station without a pose.
        if let name = snapshot.sidecarName, let sidecar = try entry(name, in: folder) { entries.append(sidecar) }
        let plan = ClearingPlan(way: way, folder: record.path, entries: entries, removesFolder: true, inbox: inbox)
        return .success(plan)
    }

    /// Why a station's folder cannot be moved as a whole: something in it is an item of its own; nil where nothing is.
    static func passenger(in snapshot: FolderSnapshot) -> String? {
        let file = snapshot.entries.first {
            $0.name.lowercased().hasSuffix(".e57") || $0.name.lowercased().hasSuffix(".zip")
        }
        guard let name = snapshot.subfolders.first?.name ?? file?.name else { return nil }
        return
            "\(printable(name)) in it may be a station or scan of its own; put it elsewhere, then the folder is moved."
    }

    private func file(digest: FileDigest) throws(DropFolderError) -> Result<ClearingPlan, ClearingObstacle> {
        let snapshot = try FileSnapshot.take(record.location, ignoring: rules)
        guard snapshot.stamp == record.lastSight.stamp else {
            return .failure(.changed("The file has changed since it was delivered."))
        }
        let (parent, name) = place
        let folder = try OpenFolder.at(root: record.inbox, relativePath: parent)
        guard let own = try entry(name, in: folder), own.digest == digest else {
            return .failure(.changed("The file is not what was delivered."))
        }
        var entries = [own]
        if let sidecar = snapshot.sidecar, sidecar.stamp.kind == .file,
            let entry = try entry(sidecar.name, in: folder)
        {
            entries.append(entry)
        }
        let inbox = try OpenFolder(root: record.inbox).stamp().inode
        let plan = ClearingPlan(way: way, folder: parent, entries: entries, removesFolder: false, inbox: inbox)
        return .success(plan)
    }

    /// What a file is now; nil where it was written while it was read, or drop360 is stopping.
    private func entry(_ name: String, in folder: borrowing OpenFolder) throws(DropFolderError) -> ClearingPlan.Entry? {
        let file = try RegularFile(name, in: folder)
        guard let digest = try Self.digest(of: file, isStopping: isStopping) else { return nil }
        let stamp = file.stamp
        return .init(name: name, inode: stamp.inode, size: stamp.size, digest: digest, modified: stamp.modified)
    }

    /// The digest of an open file; nil where it was written while it was read, or where reading was ended.
    static func digest(
        of file: borrowing RegularFile,
        isStopping: () -> Bool
    ) throws(DropFolderError) -> FileDigest? {
        var hash = SHA256()
        var offset: Int64 = 0
        while true {
            if isStopping() { return nil }
            let piece = try file.read(at: offset, count: 1 << 20)
            if piece.isEmpty { break }
            hash.update(data: piece)
            offset += Int64(piece.count)
        }
        guard try file.currentStamp().sameContent(as: file.stamp) else { return nil }
        return FileDigest(hash.finalize())
    }
}
