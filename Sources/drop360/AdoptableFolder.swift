import CDF
import ConfigFile
import DropFolder
import Foundation
import Inspection
import Station

/// A folder in an inbox that the daemon would accept.
struct AdoptableFolder: Sendable {
    var location: ItemPath
    var stamp: Stamp
    var notes: [Problem]
    var capture: Capture

    /// Bytes of each face.
    var sizes: [Face: Int64] { capture.faces.mapValues(\.size) }

    /// All of them in all inboxes, by the daemon's own rules.
    static func all(in configuration: Configuration, progress: (String) -> Void) async -> (
        folders: [AdoptableFolder], errors: [String]
    ) {
        let inspector = Inspector(threads: 2)
        var folders: [AdoptableFolder] = []
        var errors: [String] = []
        for inbox in configuration.inboxes {
            let scope = CheckScope(path: inbox.path, configuration: configuration)
            let listing = await scope.stations()
            errors += listing.errors.map(\.description)
            for (index, snapshot) in listing.snapshots.enumerated() {
                progress("\(index + 1) of \(listing.snapshots.count) folders of \(printable(inbox.path)) inspected")
                let report = await inspector.inspect(snapshot, rules: scope.rules)
                guard case .accepted(let capture) = report.verdict else { continue }
                folders.append(
                    AdoptableFolder(
                        location: snapshot.item,
                        stamp: report.snapshotStamp,
                        notes: report.notes,
                        capture: capture
                    )
                )
            }
        }
        await inspector.shutdown()
        return (folders, errors)
    }

    /// The MD5 of each face, 32 hex digits; nil if a face is not a file of the folder as it was inspected.
    func digests() async -> [Face: String]? {
        await withCheckedContinuation { continuation in
            // Reading blocks.
            Thread.detachNewThread {
                var digests: [Face: String] = [:]
                for (face, image) in capture.faces where image.storedIn == nil {
                    let path = location.path.isEmpty ? image.fileName : location.path + "/" + image.fileName
                    let item = ItemPath(inbox: location.inbox, path: path)
                    // A file that has changed since matches nothing; the daemon inspects it anew.
                    digests[face] = try? FileSource(item, size: image.size, digest: image.digest).md5()
                }
                continuation.resume(returning: digests.count == Face.allCases.count ? digests : nil)
            }
        }
    }
}
