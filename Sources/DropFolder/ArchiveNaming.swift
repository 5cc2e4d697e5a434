import Station

/// Recognises archives by their names.
package enum ArchiveNaming {
    private static let endings: Set<String> = [
        "zip", "zipx", "7z", "rar", "tar", "tgz", "tbz", "tbz2", "txz", "tzst", "tlz", "taz", "arj", "lzh", "lha",
        "ace", "sit",
        "sitx", "cab", "wim",
    ]
    private static let compressions: Set<String> = ["gz", "bz2", "xz", "zst", "lz", "lzma", "z"]

    /// An archive's name without its extensions, usually the name of the folder in it: `st-1` for `st-1.tar.gz`; nil if the name is
    /// not an archive's, or is that of a later part of one.
    package static func stem(of name: String) -> String? {
        let ending = FaceNaming.fileExtension(of: name)
        guard !ending.isEmpty else { return nil }
        let stem = String(name.dropLast(ending.count + 1))
        // Parts are named `st-1.7z.001`, `st-1.part1.rar`.
        if ending == "001" { return endings.contains(FaceNaming.fileExtension(of: stem)) ? self.stem(of: stem) : nil }
        if compressions.contains(ending) {
            return FaceNaming.fileExtension(of: stem) == "tar" ? self.stem(of: stem) : nil
        }
        guard endings.contains(ending) else { return nil }
        let part = FaceNaming.fileExtension(of: stem)
        guard ending == "rar", part.hasPrefix("part"), let number = Int(part.dropFirst(4)) else { return stem }
        return number == 1 ? String(stem.dropLast(part.count + 1)) : nil
    }
}
