import DropFolder
import Station

// Names that copying programs have mangled.
extension StationInspection {
    /// Refuses names with backslashes, and notes names with macOS's replacement characters.
    mutating func reportNames(_ sidecar: Sidecar?) {
        let files = snapshot.facesUnderPaths
        if !files.isEmpty {
            findings.refuse(
                .nameBackslash,
                "\(FaceFinding.list(files)): a program created files with these names instead of folders. Unpack or copy again "
                    + "with another program, or rename them to the part after the last backslash.",
                file: files[0]
            )
        }
        let folders = snapshot.path.split(separator: "/").map(String.init)
        // The folder's name is used as an id, and so is the parent folder's.
        let own = [
            sidecar?.stationID == nil ? folders.last : nil, sidecar?.siteID == nil ? folders.dropLast().last : nil,
        ]
        for name in own.compactMap(\.self) where name.contains("\\") {
            findings.refuse(
                .nameBackslash,
                "The name of the folder \(printable(name)) contains backslashes: a program probably created one folder instead of several. "
                    + "Rename it, or create the folders that it should be."
            )
        }
        for name in folders + snapshot.entries.map(\.name) {
            guard let meant = MangledName(name) else { continue }
            findings.note(
                .nameMangled,
                "The name \(printable(name)) contains characters with which a Mac replaces those that Windows forbids; it "
                    + "means \(printable(meant.text)). Rename it, or ids and labels in CDF show boxes instead."
            )
        }
    }
}

/// The intended form of a name in which a file server or Mac has used replacement characters from Unicode's private use area.
///
/// Macs write U+F001 to U+F029 over SMB (Services for Macintosh), Linux and Cygwin the character's own number above U+F000.
struct MangledName {
    let text: String

    private static let macintosh: [UInt32: Unicode.Scalar] = [
        0xF020: "\"", 0xF021: "*", 0xF022: ":", 0xF023: "<", 0xF024: ">", 0xF025: "?", 0xF026: "\\", 0xF027: "|",
        0xF028: " ", 0xF029: ".", 0xF02A: "*", 0xF03A: ":", 0xF03C: "<", 0xF03E: ">", 0xF03F: "?", 0xF05C: "\\",
        0xF07C: "|",
    ]

    /// Nil if the name contains none of them.
    init?(_ name: String) {
        var text = ""
        var isMangled = false
        for scalar in name.unicodeScalars {
            if let meant = Self.macintosh[scalar.value] {
                text.unicodeScalars.append(meant)
                isMangled = true
            } else if (0xF001...0xF01F).contains(scalar.value) {
                // A control character.
                isMangled = true
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        guard isMangled else { return nil }
        self.text = text
    }
}
