import DropFolder
import Foundation
import Station

/// Where an E57 file belongs: from its sidecar, completed from the configuration and the folder's name.
package struct FileIdentity: Equatable, Sendable {
    package var siteID: String
    package var siteName: String?
    /// The file's name in Unicode's composed form.
    package var name: String

    /// - Throws: What is wrong with the file's name, or with the folder's where that names the site.
    init(_ item: ItemPath, sidecar: ScanSidecar, rules: InspectionRules) throws(FileRefusal) {
        let parts = item.path.split(separator: "/").map(String.init)
        name = try Self.checked(parts.last ?? "", "The file's name", advice: "rename the file")
        // A file directly in the inbox has no folder: the inbox's name is used.
        let folder = parts.dropLast().last ?? item.inbox.split(separator: "/").last.map(String.init) ?? ""
        if let given = sidecar.siteID ?? rules.site?.id {
            siteID = given
        } else {
            siteID = try Self.checked(
                folder,
                "The folder's name \(printable(folder, limit: 80)), which is used as `site_id`,",
                advice: "rename the folder, or give `site_id` in \(printable(parts.last ?? "")).json"
            )
        }
        siteName = sidecar.siteName ?? (rules.site?.id == siteID ? rules.site?.name : nil)
    }

    private static func checked(_ text: String, _ name: String, advice: String) throws(FileRefusal) -> String {
        do throws(IdentityText.Refusal) {
            return try IdentityText.checked(text)
        } catch {
            let (code, message) = IdentityText.words(for: error, name: name, advice: advice)
            throw FileRefusal(code, message)
        }
    }
}

/// Why a file is refused, or has to wait.
struct FileRefusal: Error, Equatable {
    var code: ProblemCode
    var message: String
    /// A running copy may still fix it.
    var mayBeUnfinished = false

    init(_ code: ProblemCode, _ message: String, mayBeUnfinished: Bool = false) {
        (self.code, self.message, self.mayBeUnfinished) = (code, message, mayBeUnfinished)
    }
}

extension ContentDigest {
    /// The digest of a file that CDF gets as a whole: the same under every name, and in every folder.
    init(pointCloud file: FileDigest) { self.init(over: ["drop360 point cloud 1", file.rawValue]) }

    /// The digest of a file whose positions are delivered as stations: of its bytes, and of all else that decides what these become.
    init(scan file: FileDigest, _ identity: FileIdentity, _ sidecar: ScanSidecar, _ rules: InspectionRules) {
        let offset = sidecar.offset ?? rules.offset
        var parts = [
            "drop360 scan 1", file.rawValue, rules.externalIDPrefix, identity.siteID, identity.siteName ?? "",
            sidecar.collectionLabel ?? "", rules.azimuth.rawValue,
        ]
        // −0 is 0.
        parts += [offset.x, offset.y, offset.z].map { String(($0 + 0).bitPattern, radix: 16) }
        for (key, value) in sidecar.metadata.sorted(by: { $0.key < $1.key }) { parts += ["metadata", key, value] }
        self.init(over: parts)
    }
}
