import DropFolder
import Station

// Names that copying programs have bent.
extension StationInspection {
    /// Refuses or mentions what backslashes and macOS's stand-ins have made of the station's names.
    mutating func reportNames(_ sidecar: Sidecar?) {
        let files = snapshot.facesUnderPaths
        if !files.isEmpty {
            findings.refuse(
                .nameBackslash,
                "\(FaceFinding.list(files)): a program created files with these names instead of folders. Unpack or copy again "
                    + "with another program, or rename them to what stands after the last backslash.",
                file: files[0]
            )
        }
        let folders = snapshot.path.split(separator: "/").map(String.init)
        // The folder's name serves as an id, and so does the one above.
        let own = [
            sidecar?.stationID == nil ? folders.last : nil, sidecar?.siteID == nil ? folders.dropLast().last : nil,
        ]
        for name in own.compactMap(\.self) where name.contains("\\") {
            findings.refuse(
                .nameBackslash,
                "The name of the folder \(printable(name)) holds backslashes, as if a program had made one folder of several: "
                    + "rename it, or make the folders that it stands for."
            )
        }
        for name in folders + snapshot.entries.map(\.name) {
            guard let meant = MangledName(name) else { continue }
            findings.note(
                .nameMangled,
                "The name \(printable(name)) holds characters that a Mac writes in the place of those that Windows forbids; it "
                    + "stands for \(printable(meant.text)). Rename it, or ids and labels in CDF show boxes instead."
            )
        }
    }
}

/// What a name stands for in which a file server's or Mac's stand-ins from Unicode's private use area are.
///
/// Macs write U+F001 to U+F029 over SMB (Services for Macintosh), Linux and Cygwin the character's own number above U+F000.
struct MangledName {
    let text: String

    private static let macintosh: [UInt32: Unicode.Scalar] = [
        0xF020: "\"", 0xF021: "*", 0xF022: ":", 0xF023: "<", 0xF024: ">", 0xF025: "?", 0xF026: "\\", 0xF027: "|",
        0xF028: " ", 0xF029: ".", 0xF02A: "*", 0xF03A: ":", 0xF03C: "<", 0xF03E: ">", 0xF03F: "?", 0xF05C: "\\",
        0xF07C: "|",
    ]

    /// Nil where the name holds none of them.
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
