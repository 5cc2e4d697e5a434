import Foundation

/// Reads which face a file name means.
///
/// The rules of `design.md`: the whole stem or its last token after `_ - . space`, case-insensitive, is a word or one of
/// the letters `f b l r u d t`. Letters count only if all six faces resolve by letter. Numbers and ±axes
/// are never guessed: scanners number faces differently, so half of the guesses would be wrong.
package enum FaceNaming {
    /// The extensions of files that the viewer can show.
    package static let imageExtensions: Set<String> = ["jpg", "jpeg", "png"]

    /// Image formats that crews deliver and the viewer cannot show.
    package static let foreignImageExtensions: Set<String> = [
        "webp", "tif", "tiff", "heic", "heif", "avif", "bmp", "gif", "jp2", "jxl", "exr", "hdr", "dng",
    ]

    /// Extensions that programs and browsers give JPEGs instead of `.jpg`.
    private static let jpegEndings: Set<String> = [
        "jfif", "jfi", "jif", "jpe", "jpg2", "jpgg", "jepg", "pjpeg", "pjp", "jpgraw",
    ]
    /// Extensions that mail programs, and desktops that hide extensions, append to the right one.
    private static let addedEndings: Set<String> = ["txt", "text", "bin", "dat", "file", "bak", "unknown"]

    /// The name that a file should have if it is an image or JSON file with a wrong extension; nil if the
    /// extension is right or indicates neither.
    ///
    /// `front.jpg` for `front.jfif`, `front.jpeg_`, `front.jpg.txt`, `front.jpg?dl=1` and `front.jpg.`; `pose.json` for `pose.json.txt`.
    package static func intendedName(of name: String) -> String? {
        var rest = name
        while true {
            let ending = fileExtension(of: rest)
            if imageExtensions.contains(ending) || ending == "json" { return rest == name ? nil : rest }
            guard let dot = rest.lastIndex(of: "."), dot != rest.startIndex else { return nil }
            let stem = String(rest[..<dot])
            if jpegEndings.contains(ending) { return stem + ".jpg" }
            if ending == "jsn" { return stem + ".json" }
            // Anything after the letters: `_`, `~`, `?dl=1`, ` (1)`, a space.
            let letters = ending.prefix { $0.isASCII && $0.isLetter }
            if letters.count < ending.count, imageExtensions.contains(String(letters)) || letters == "json" {
                return stem + "." + letters
            }
            guard ending.isEmpty || addedEndings.contains(ending) else { return nil }
            rest = stem
        }
    }

    private static let words: [String: Face] = [
        "front": .front, "forward": .front, "back": .back, "rear": .back, "left": .left, "right": .right,
        "top": .top, "up": .top, "bottom": .bottom, "down": .bottom,
    ]

    // `b` is back in every convention seen; bottom is `d`.
    private static let letters: [String: Face] = [
        "f": .front, "b": .back, "l": .left, "r": .right, "u": .top, "t": .top, "d": .bottom,
    ]

    /// What one file name means on its own.
    package enum Reading: Equatable, Sendable {
        case word(Face)
        /// Counts only if all six faces of the folder resolve by letter.
        case letter(Face)
        case none
    }

    /// The file's extension in lower case, without the dot; empty if it has none.
    package static func fileExtension(of name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }

    /// The last part of the name before its extension, in lower case: `left` of `scan_012_left.JPG`.
    static func lastToken(of name: String) -> String? {
        guard let stem = stem(of: name) else { return nil }
        return stem.split(whereSeparator: { "_-. ".contains($0) }).last.map(String.init) ?? stem
    }

    /// The name before its extension, in lower case; before both extensions if a desktop that hides them added one: `front.jpg.jpg`.
    private static func stem(of name: String) -> String? {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
        let stem = name[..<dot].lowercased()
        guard let inner = stem.lastIndex(of: "."), inner != stem.startIndex,
            imageExtensions.contains(String(stem[stem.index(after: inner)...]))
        else { return stem }
        return String(stem[..<inner])
    }

    /// The text before the last part of the name, with the separator: `pano1_` of `pano1_f.jpg`; may be empty.
    package static func prefix(of name: String) -> String {
        guard let token = lastToken(of: name), let stem = stem(of: name), stem.hasSuffix(token) else { return "" }
        return String(name.prefix(stem.count - token.count))
    }

    /// Reads the face from a file name with its extension, for instance `scan_012_left.JPG`.
    package static func read(_ name: String) -> Reading {
        guard let token = lastToken(of: name), let stem = stem(of: name) else { return .none }
        if let face = words[stem] ?? words[token] { return .word(face) }
        if let face = letters[stem] ?? letters[token] { return .letter(face) }
        return .none
    }

    /// Whether a file called `name` makes its folder a station: an image, in any format, named by a face word.
    ///
    /// Single letters do not: `plan_b.jpg` is not a face. ``isLetterSet(_:)`` recognises a folder of letters.
    package static func isFaceWord(_ name: String) -> Bool {
        guard isImage(name) else { return false }
        if case .word = read(name) { return true }
        return false
    }

    /// Whether `name` is an image named by a face word only: `front.jpg`, not `site_front.jpg`.
    package static func isFaceWordAlone(_ name: String) -> Bool {
        isImage(name) && words[String(name.dropLast(fileExtension(of: name).count + 1)).lowercased()] != nil
    }

    private static func isImage(_ name: String) -> Bool {
        let ending = fileExtension(of: name)
        return imageExtensions.contains(ending) || foreignImageExtensions.contains(ending)
    }

    /// Whether the names include at least three different faces by letter (`…_f.jpg`, `…_b.jpg`, `…_l.jpg`): a letter set that
    /// is arriving.
    package static func isLetterSet(_ names: some Sequence<String>) -> Bool {
        var faces: Set<Face> = []
        for name in names where imageExtensions.contains(fileExtension(of: name)) {
            if case .letter(let face) = read(name) { faces.insert(face) }
        }
        return faces.count >= 3
    }

    /// Whether at least three names belong to one preset whose names are unmistakable (`CubeFace1`, `skybox0`, `posx`): a
    /// station that still needs `faces`, unless the configuration sets it.
    package static func isPresetSet(_ names: some Sequence<String>) -> Bool {
        let images = names.filter { imageExtensions.contains(fileExtension(of: $0)) }
        return [FacePreset.matterportSkybox, .leicaCubefaceA, .frontPlusZ].contains { preset in
            Set(images.compactMap(preset.face)).count >= 3
        }
    }

    /// The faces that the names of a folder's images mean.
    package struct Assignment: Equatable, Sendable {
        /// All candidates for each face, in name order; more than one is refused.
        package var candidates: [Face: [String]] = [:]
        /// Images that name no face.
        package var unassigned: [String] = []

        package init() {}
    }

    /// Assigns image names to faces.
    ///
    /// - Parameters:
    ///   - names: The names of the folder's images.
    ///   - scheme: The scheme of the sidecar or configuration. With a map only the map counts; with a preset face words count too.
    /// - Returns: The candidates for each face, and the images that name none.
    package static func assign(_ names: [String], scheme: FaceScheme? = nil) -> Assignment {
        var result = Assignment()
        if case .map(let map) = scheme {
            let byName = Dictionary(grouping: map.keys) { folded(map[$0] ?? "") }
            for name in names.sorted() {
                let faces = byName[folded(name)] ?? []
                for face in faces { result.candidates[face, default: []].append(name) }
                if faces.isEmpty { result.unassigned.append(name) }
            }
            return result
        }
        if case .preset(let preset) = scheme {
            for name in names.sorted() {
                if let face = preset.face(of: name) {
                    result.candidates[face, default: []].append(name)
                } else if case .word(let face) = read(name) {
                    result.candidates[face, default: []].append(name)
                } else {
                    result.unassigned.append(name)
                }
            }
            return result
        }
        var byLetter: [Face: [String]] = [:]
        for name in names.sorted() {
            switch read(name) {
            case .word(let face): result.candidates[face, default: []].append(name)
            case .letter(let face): byLetter[face, default: []].append(name)
            case .none: result.unassigned.append(name)
            }
        }
        // Letters count only if they form a set and no face is named by a word.
        let lettersResolve = Face.allCases.allSatisfy { byLetter[$0]?.count == 1 }
        if result.candidates.isEmpty, lettersResolve || isLetterSet(names) {
            result.candidates = byLetter
        } else {
            result.unassigned += byLetter.values.flatMap(\.self)
            result.unassigned.sort()
        }
        return result
    }

    private static func folded(_ name: String) -> String { name.precomposedStringWithCanonicalMapping.lowercased() }
}
