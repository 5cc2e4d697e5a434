import DropFolder
import Station

// Faces and pose of one station in two folders, one below the other.
extension StationInspection {
    /// So far up and down is looked.
    private static let levels = 3
    /// So many folders are looked into.
    private static let folders = 100

    /// The folder above that this one's files belong to: it has the pose and no face, and this one faces and no pose, or the other way round.
    func wholeAbove() -> String? {
        var path = snapshot.path
        for _ in 0..<Self.levels {
            guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
            path = String(path[..<slash])
            guard mayBeStation(path) else { continue }
            // What cannot be read now is looked at again when it can be, and then says so itself.
            guard let above = try? FolderSnapshot.take(inbox: snapshot.inbox, path: path, ignoring: rules.ignore) else {
                return nil
            }
            guard above.isStation else { continue }
            let isOther =
                snapshot.holdsFacesOnly && above.holdsPoseOnly || snapshot.holdsPoseOnly && above.holdsFacesOnly
            return isOther ? path : nil
        }
        return nil
    }

    /// Whether a folder holds a file that may make it a station, by the names alone: one above holds thousands of stations, and is asked
    /// about for each of them.
    private func mayBeStation(_ path: String) -> Bool {
        do throws(DropFolderError) {
            return try OpenFolder.at(root: snapshot.inbox, relativePath: path).names { name in
                let ending = FaceNaming.fileExtension(of: name)
                return !ending.isEmpty
                    && (ending == "json" || FaceNaming.imageExtensions.contains(ending)
                        || FaceNaming.foreignImageExtensions.contains(ending)
                        || FaceNaming.intendedName(of: name) != nil || IgnoreRules.isPlaceholder(name))
            }.isEmpty == false
        } catch {
            // As below.
            return false
        }
    }

    /// Says where the faces are that are not beside the pose; false where they are nowhere.
    mutating func reportFacesBelow() -> Bool {
        guard snapshot.holdsPoseOnly else { return false }
        let places = below(\.holdsFacesOnly)
        guard let first = places.first else { return false }
        if places.count == 1 {
            findings.wait(
                .faceMissing,
                "The faces are in the folder \(printable(first)), and the pose is not: move them up, beside "
                    + "\(printable(snapshot.sidecarName ?? "pose.json")). A station is one folder with six faces and a pose."
            )
        } else {
            findings.wait(
                .faceMissing,
                "There are faces in the folders \(FaceFinding.list(places)), and one pose above them: a station is one folder with "
                    + "six faces and a pose. Put a pose.json of its own into each of them, and remove the one here."
            )
        }
        return true
    }

    /// Says where the pose is that is not beside the faces; false where it is nowhere.
    mutating func reportPoseBelow() -> Bool {
        guard snapshot.holdsFacesOnly, let place = below(\.holdsPoseOnly).first else { return false }
        findings.wait(
            .sidecarMissing,
            "The pose is in the folder \(printable(place)), and the faces are not: move it up, beside them. A station is one folder "
                + "with six faces and a pose."
        )
        return true
    }

    /// The folders below, as far down as the first station on each way, that are as wanted; relative to this one.
    private func below(_ isWanted: (FolderSnapshot) -> Bool) -> [String] {
        var found: [String] = []
        var open: [(path: String, level: Int)] = [("", 0)]
        var left = Self.folders
        while let (path, level) = open.popLast(), left > 0 {
            left -= 1
            let whole = snapshot.path + (path.isEmpty ? "" : "/" + path)
            // As above.
            guard let folder = try? FolderSnapshot.take(inbox: snapshot.inbox, path: whole, ignoring: rules.ignore)
            else {
                continue
            }
            if level > 0, folder.isStation {
                if isWanted(folder) { found.append(path) }
                continue
            }
            guard level < Self.levels else { continue }
            open += folder.subfolders.map { (path.isEmpty ? $0.name : path + "/" + $0.name, level + 1) }
        }
        return found.sorted()
    }
}
