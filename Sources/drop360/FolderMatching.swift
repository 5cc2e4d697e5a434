import CDF
import Foundation
import Station

/// Finds the folder that an image was made from.
struct FolderMatching {
    /// By what an image and a folder are the same, the surest first.
    enum Proof: String, Encodable {
        case bytes, md5, size, time
    }

    enum Result {
        case folder(AdoptableFolder, Proof)
        /// Words for an operator.
        case none(String)
    }

    private let folders: [AdoptableFolder]
    private let bySizes: [[Face: Int64]: [Int]]
    private let byID: [String: Int]
    private var digests: [Int: [Face: String]] = [:]

    init(_ folders: [AdoptableFolder]) {
        self.folders = folders
        bySizes = Dictionary(grouping: folders.indices) { folders[$0].sizes }
        byID = Dictionary(folders.indices.map { (folders[$0].capture.ids.image, $0) }) { first, _ in first }
    }

    /// - Parameters:
    ///   - image: An image that has all six files.
    ///   - stored: What the store tells about them.
    mutating func folder(of image: StandingImage, _ stored: [Face: StoredBytes]) async -> Result {
        let own = byID[image.node.externalId]
        let sizes = stored.compactMapValues(\.size)
        let candidates = sizes.count == 6 ? bySizes[sizes, default: []] : Array(folders.indices)
        let bytes = stored.compactMapValues(\.digest)
        let told = stored.compactMapValues(\.md5)
        var same: [Int] = []
        var proof = Proof.bytes
        if bytes.count == 6 {
            same = candidates.filter { folders[$0].capture.faces.mapValues(\.digest) == bytes }
        } else if told.count == 6 {
            proof = .md5
            for candidate in candidates {
                let own = await digests(of: candidate)
                if own == told { same.append(candidate) }
            }
        } else if let own, candidates.contains(own) {
            proof = sizes.count == 6 ? .size : .time
            if proof == .size || (image.time != nil && folders[own].capture.time == image.time) { same = [own] }
        }
        if let own, same.contains(own) { return .folder(folders[own], proof) }
        if same.count > 1 {
            // The same pictures may have been dropped under several names; the time tells which.
            let timed = same.filter { folders[$0].capture.time == image.time }
            guard let only = timed.first, timed.count == 1 else {
                let paths = same.prefix(3).map { printable(folders[$0].location.absolute) }.joined(separator: ", ")
                return .none("Several folders have these faces: \(paths). Leave one of them in the inbox.")
            }
            return .folder(folders[only], proof)
        }
        if let only = same.first { return .folder(folders[only], proof) }
        if let own {
            let path = printable(folders[own].location.absolute)
            if bytes.count < 6, candidates.contains(own) {
                return .none(
                    "\(path) would get this id, but the digests that the store reports do not show whether it has the same faces: try again with --verify-bytes."
                )
            }
            if folders[own].isPanorama {
                return .none(
                    "\(path) would get this id, but another program rendered the image's faces from its panorama: drop360 will overwrite them with its own."
                )
            }
            return .none("\(path) would get this id, but has other faces: drop360 will overwrite the image with them.")
        }
        return .none(
            told.count < 6 && bytes.count < 6
                ? "No folder would get this id, and the store reports no digests: try again with --verify-bytes."
                : "No folder in the inboxes has these faces. Copy it there, or leave the image as it is."
        )
    }

    private mutating func digests(of index: Int) async -> [Face: String]? {
        if let known = digests[index] { return known }
        let fresh = await folders[index].digests() ?? [:]
        digests[index] = fresh
        return fresh
    }
}
