package import DropFolder
package import Station

extension Hindrance {
    /// What is wrong, and what the crew can do.
    package var problem: Problem {
        let shown = FaceFinding.list(names)
        return switch kind {
        case .looseFiles:
            Problem(
                .looseFiles,
                "\(shown) \(names.count == 1 ? "is" : "are") directly in the inbox, but each station needs a folder: make one in "
                    + "the inbox, and move the files into it."
            )
        case .nameNotUTF8:
            Problem(
                .nameNotUTF8,
                "The folder's name is not UTF-8, so drop360 skips the folder (%XX is a byte that is not text): rename the "
                    + "folder, preferably with plain letters and digits.",
                file: names.first
            )
        case .archive:
            Problem(
                .archive,
                "\(shown) is an archive, and drop360 does not unpack archives: unpack it here, and remove it. If it contains no station, the "
                    + "operator can exclude it (`ignore`)."
            )
        case .link:
            Problem(
                .linkedFolder,
                "\(shown) is a \(target == nil ? "shortcut" : "symbolic link")\(target.map { " to " + printable($0, limit: 200) } ?? ""), and drop360 does not "
                    + "follow links: replace it with a copy of the folder itself."
            )
        case .notAFile:
            Problem(
                .notAFile,
                "\(shown) is \((found ?? .other).words)\(target.map { " to " + printable($0, limit: 200) } ?? ""), not an E57 file, and was not "
                    + "opened: put the file itself in its place.",
                file: names.first
            )
        case .backslashes:
            Problem(
                .nameBackslash,
                "\(shown): a program created files with these names instead of folders. Unpack or copy again with another "
                    + "program, so that the station is a folder, and remove these files."
            )
        }
    }

    /// The report that inspection would give.
    package var report: InspectionReport {
        InspectionReport(path: path, snapshotStamp: stamp, verdict: .rejected([problem]))
    }
}
