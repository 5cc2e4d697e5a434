import Station

/// The keys of one map of the file.
struct Keys<Whole> {
    /// Where the map belongs, for messages about misplaced keys; nil for keys so general that it would mislead.
    var home: String?
    /// Keys of Cognite's extractors that drop360 does not accept here, and what to do about them.
    var foreign: [String: String] = [:]
    /// What a map without any key is read as.
    let blank: Whole
    let keys: [Key<Whole>]
    /// Called to check what concerns several keys.
    var check: (Section, inout Whole) -> Void = { _, _ in }

    var outline: KeyMap { KeyMap(home: home, keys: keys.map { $0.outline(blank: blank) }, foreign: foreign) }

    /// Reads a map; nil where `tree` is not a map, which has been reported.
    ///
    /// Invalid values are reported and replaced by their defaults, so that the rest is read, too; the result is valid
    /// only where nothing was reported.
    func read(_ tree: Tree, _ findings: Findings) -> Whole? {
        guard let section = Section(tree, keys: outline, findings: findings) else { return nil }
        var whole = blank
        for key in keys { key.read(section, into: &whole) }
        check(section, &whole)
        return whole
    }

    func rendering(of whole: Whole) -> Rendering {
        .map(keys.compactMap { key in key.rendering(whole).map { (key.name, $0) } })
    }
}

/// The keys of a map, whatever its value is.
struct KeyMap {
    let home: String?
    let keys: [KeyOutline]
    let foreign: [String: String]
    /// Whether it is one of a list.
    var isListed = false

    var names: [String] { keys.map(\.name) }

    /// Where `name` belongs, in this map or in one below it; nil where it is unknown.
    func home(of name: String) -> String? {
        if let home, names.contains(name) { return home }
        return keys.lazy.compactMap { $0.map?.home(of: name) }.first
    }

    /// A suggestion of what `name` may have been meant to be in this map.
    ///
    /// - Parameter all: The keys of the whole file.
    func suggestion(for name: String, among all: KeyMap) -> String {
        if let words = foreign[name] { return words }
        if let home = all.home(of: name) { return "'\(name)' belongs in \(home)." }
        if let nearest = nearest(to: name) { return "Did you mean '\(nearest)'?" }
        return "Keys allowed here: \(names.joined(separator: ", "))."
    }

    /// The key that was probably meant; nil where none is close.
    func nearest(to name: String) -> String? {
        // `client-secret` for `secret` is too far for a count of letters.
        NearestWord.to(name, among: names)
            ?? names.first { $0.count >= 4 && name.split { "-_ ".contains($0) }.contains(Substring($0)) }
    }
}

/// A key, whatever its value is.
struct KeyOutline {
    let name: String
    /// The keys of the map that is its value; nil where it is not a map.
    let map: KeyMap?
    /// How the example shows it; nil where another key's line names it.
    let example: KeyExample?
    /// The default, as it would be written; nil for none.
    let standard: String?
    /// Whether the value may be a word in place of that map.
    let mayBeWord: Bool
    /// How much of its value may be shown to others.
    let privacy: Privacy
}
