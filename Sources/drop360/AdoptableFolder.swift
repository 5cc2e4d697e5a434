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
    /// The MD5 of each face that was rendered from a panorama, 32 hex digits.
    var rendered: [Face: String]?

    var isPanorama: Bool { capture.faces[.front]?.storedIn != nil }

    /// Bytes of each face.
    var sizes: [Face: Int64] { capture.faces.mapValues(\.size) }

    /// What the inboxes have for adoption.
    struct Found: Sendable {
        var folders: [AdoptableFolder] = []
        /// What could not be read.
        var errors: [String] = []
        /// E57 files whose positions drop360 delivers as stations; they are not compared.
        var scans = 0
    }

    /// All of them in all inboxes, by the daemon's own rules.
    static func all(in configuration: Configuration, progress: (String) -> Void) async throws -> Found {
        let inspector = Inspector(threads: 2)
        var found = Found()
        // Faces are rendered only for their digests; the daemon's own are in the state directory.
        let mayRender = configuration.inboxes.contains { $0.equirect == .convert }
        let folder: CheckFolder? = if mayRender { try CheckFolder() } else { nil }
        defer { folder?.remove() }
        let rendered = folder.map { ConvertedFaces(state: $0.path) }
        for inbox in configuration.inboxes {
            let scope = CheckScope(path: inbox.path, configuration: configuration)
            let listing = await scope.stations()
            found.errors += listing.errors.map(\.description)
            if scope.fileRules?.extraction == .here { found.scans += listing.files.count }
            var rules = scope.rules
            if case .convert = rules.equirect { rules.equirect = .convert(rendered) }
            for (index, snapshot) in listing.snapshots.enumerated() {
                progress("\(index + 1) of \(listing.snapshots.count) folders of \(printable(inbox.path)) inspected")
                let report = await inspector.inspect(snapshot, rules: rules)
                guard case .accepted(let capture) = report.verdict else { continue }
                var adoptable = AdoptableFolder(
                    location: snapshot.item,
                    stamp: report.snapshotStamp,
                    notes: report.notes,
                    capture: capture
                )
                if let rendered, let place = capture.faces[.front]?.storedIn {
                    adoptable.rendered = await Self.digests(
                        of: capture,
                        in: ItemPath(inbox: rendered.folder, path: place)
                    )
                    rendered.discard(place)
                }
                found.folders.append(adoptable)
            }
        }
        await inspector.shutdown()
        return found
    }

    /// The MD5 of each face, 32 hex digits; nil if a face is no longer what was inspected.
    func digests() async -> [Face: String]? {
        if capture.faces.values.contains(where: { $0.storedIn != nil }) { return rendered }
        return await Self.digests(of: capture, in: location)
    }

    private static func digests(of capture: Capture, in folder: ItemPath) async -> [Face: String]? {
        await withCheckedContinuation { continuation in
            // Reading blocks.
            Thread.detachNewThread {
                var digests: [Face: String] = [:]
                for (face, image) in capture.faces {
                    let path = folder.path.isEmpty ? image.fileName : folder.path + "/" + image.fileName
                    let item = ItemPath(inbox: folder.inbox, path: path)
                    // A file that has changed since matches nothing; the daemon inspects it anew.
                    digests[face] = try? FileSource(item, size: image.size, digest: image.digest).md5()
                }
                continuation.resume(returning: digests.count == Face.allCases.count ? digests : nil)
            }
        }
    }
}
