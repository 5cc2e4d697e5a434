import DropFolder
import Station

// Faces and pose of one station in two folders, one below the other.
extension StationInspection {
    /// How many levels up and down are searched.
    private static let levels = 3
    /// How many folders are searched.
    private static let folders = 100

    /// The folder above that this one's files belong to: it has the pose but no faces, and this one faces but no pose, or vice versa.
    func parentStation() -> String? {
        var path = snapshot.path
        for _ in 0..<Self.levels {
            guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
            path = String(path[..<slash])
            guard mayBeStation(path) else { continue }
            // A folder that cannot be read now is inspected and reported once it can be.
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

    /// Whether a folder contains a file that may make it a station, by the names alone: a parent folder may contain thousands of
    /// stations, and is checked for each of them.
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
            // As in `parentStation()`.
            return false
        }
    }

    /// Reports where the faces are if they are not next to the pose; false if they are nowhere.
    mutating func reportFacesBelow() -> Bool {
        guard snapshot.holdsPoseOnly else { return false }
        let places = below(\.holdsFacesOnly)
        guard let first = places.first else { return false }
        if places.count == 1 {
            findings.wait(
                .faceMissing,
                "The faces are in the folder \(printable(first)), but the pose is not: move them up, next to "
                    + "\(printable(snapshot.sidecarName ?? "pose.json")). A station is one folder with six faces and a pose."
            )
        } else {
            findings.wait(
                .faceMissing,
                "There are faces in the folders \(FaceFinding.list(places)), and one pose above them: a station is one folder with "
                    + "six faces and a pose. Put a separate pose.json into each of them, and remove the one here."
            )
        }
        return true
    }

    /// Reports where the pose is if it is not next to the faces; false if it is nowhere.
    mutating func reportPoseBelow() -> Bool {
        guard snapshot.holdsFacesOnly, let place = below(\.holdsPoseOnly).first else { return false }
        findings.wait(
            .sidecarMissing,
            "The pose is in the folder \(printable(place)), but the faces are not: move it up, next to them. A station is one folder "
                + "with six faces and a pose."
        )
        return true
    }

    /// The wanted folders below, relative to this one; the search ends at the first station on each branch.
    private func below(_ isWanted: (FolderSnapshot) -> Bool) -> [String] {
        var found: [String] = []
        var open: [(path: String, level: Int)] = [("", 0)]
        var left = Self.folders
        while let (path, level) = open.popLast(), left > 0 {
            left -= 1
            let whole = snapshot.path + (path.isEmpty ? "" : "/" + path)
            // As in `parentStation()`.
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
