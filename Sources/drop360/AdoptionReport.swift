import CDF
import Station

/// What `adopt` found and did; the shape of docs/operators/json.md.
struct AdoptionReport: Encodable {
    struct Match: Encodable {
        var image: String
        var folder: String
        var proof: FolderMatching.Proof
    }
    struct Unmatched: Encodable {
        var image: String
        /// Absent if none was found.
        var folder: String?
        var message: String
    }

    var collection: String
    var space: String
    var model: String
    var dryRun: Bool
    /// How many stand in the collection.
    var images: Int
    var faults: [StandingFault]
    var adopted: [Match] = []
    /// In the ledger before.
    var known: [Match] = []
    var unmatched: [Unmatched] = []
    /// E57 files in the inboxes whose positions become stations, and were not compared.
    var scans = 0
    /// Folders of inboxes that could not be read, with the reason.
    var unread: [String] = []

    var isClean: Bool { faults.isEmpty && unmatched.isEmpty && unread.isEmpty }

    var text: String {
        var lines = adopted.map {
            "\(dryRun ? "would adopt" : "adopted")  \(printable($0.image)) ← \(printable($0.folder)) (by \($0.proof.rawValue))"
        }
        lines += unmatched.map { one in
            "NOT ADOPTED  \(printable(one.image))\(one.folder.map { ", \(printable($0))" } ?? "")\n         → \(one.message)"
        }
        lines += faults.map {
            "\($0.code)  \(printable($0.id)): \($0.message)\n         → \($0.advice)"
        }
        if scans > 0, !unmatched.isEmpty {
            lines.append(
                "The positions of \(scans) E57 \(scans == 1 ? "file" : "files") (`extract: here`) are not compared: images that came from there are not adopted.\n         → Have the positions sent again as another site, or move the \(scans == 1 ? "file" : "files") out of the inbox."
            )
        }
        let before = known.isEmpty ? "" : "\(known.count) known before, "
        lines.append(
            "Collection \(printable(collection)) (\(model)) has \(images) \(images == 1 ? "image" : "images"): \(adopted.count) \(dryRun ? "would be adopted" : "adopted"), \(before)\(unmatched.count) not adopted; \(faults.count) \(faults.count == 1 ? "fault" : "faults")."
        )
        return lines.joined(separator: "\n")
    }
}
