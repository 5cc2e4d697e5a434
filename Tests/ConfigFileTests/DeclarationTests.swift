import Testing

@testable import ConfigFile

/// What follows from the declarations of keys, and from nothing else.
struct DeclarationTests {
    /// The dotted paths of all keys of a map and the maps below it.
    private static func paths(_ map: KeyMap, below path: String = "") -> [String] {
        map.keys.flatMap { key in
            let own = path + key.name
            return [own] + (key.map.map { paths($0, below: own + ".") } ?? [])
        }
    }

    private static func paths(_ printed: Rendering, below path: String = "") -> [String] {
        switch printed {
        case .map(let entries): entries.flatMap { [path + $0.key] + paths($0.value, below: path + $0.key + ".") }
        case .list(let items): items.flatMap { paths($0, below: path) }
        case .text, .word, .number: []
        }
    }

    /// A file with every declared key, and behind each of them a map that it cannot read.
    private static func skeleton(_ map: KeyMap, indent: String = "") -> String {
        map.keys.map { key in
            guard let inner = key.map else { return "\(indent)\(key.name): {x: y}\n" }
            let dash = inner.isListed ? "\(indent)-\n" : ""
            return "\(indent)\(key.name):\n\(dash)\(skeleton(inner, indent: indent + "  "))"
        }.joined()
    }

    @Test func `every declared key is known and read`() {
        let problems = Sample.problems(Self.skeleton(Configuration.keys.outline))
        #expect(!problems.contains { $0.message == "unknown key" })
        let said = Set(problems.map { $0.key.replacing("[0]", with: "") })
        let leaves = Self.paths(Configuration.keys.outline).filter { path in
            !Self.paths(Configuration.keys.outline).contains { $0.hasPrefix(path + ".") }
        }
        #expect(leaves.count > 50)
        for path in leaves { #expect(said.contains(path), "\(path) is not read") }
    }

    @Test func `every declared key stands in the example`() {
        for path in Self.paths(Configuration.keys.outline) {
            let name = path.split(separator: ".").last ?? ""
            let words = Configuration.example.split { !$0.isLetter && !$0.isNumber && $0 != "-" }
            #expect(words.contains(name), "\(path)")
        }
    }

    @Test func `every declared key is printed where it has a value`() throws {
        let files = [
            Sample.full.replacing("data-set: {external-id: ds}", with: "data-set: {id: 4}").replacing(
                "faces: matterport-skybox",
                with:
                    "faces: {front: a, back: b, left: c, right: d, top: e, bottom: f}\n    poses: {preset: leica, frame: x-forward}"
            ),
            Sample.full.replacing("secret: shh-quiet", with: "secret-file: /s").replacing(
                "  timeout: 20",
                with:
                    "  connection: {proxy: 'http://p:1', proxy-user: u, proxy-password: w, no-proxy: [a], ca-file: /c}"
            ),
            Sample.minimal.replacing("secret: shh-quiet", with: "certificate: {path: /c, password: hush}").replacing(
                "project: plant",
                with: "project: plant\n  connection: {proxy: 'http://u@p:1', proxy-password-file: /w}"
            ),
            Sample.minimal.replacing(
                "secret: shh-quiet",
                with: "certificate: {path: /c, password-file: /p, authority-url: 'https://l.example/t'}"
            ).replacing("    tenant: t-1\n", with: ""),
            Sample.minimal.replacing("tenant: t-1", with: "token-url: https://x.example/t"),
            Sample.minimal + "dashboard: {behind-proxy: {trusted: 127.0.0.1, user-header: X-U}}\n",
            Sample.minimal + "    e57: {extract: here}\n", Sample.minimal + "    e57: {model: Site A}\n",
            Sample.minimal + "    after: {move: /srv/done}\n", Sample.minimal + "    after: {delete-after: 30d}\n",
        ]
        let printed = Set(
            try files.flatMap { Self.paths(Configuration.keys.rendering(of: try Sample.load($0))) }
        )
        #expect(printed == Set(Self.paths(Configuration.keys.outline)))
    }

    private struct Kettle: Equatable {
        var litres = 2
        var tea: String?
    }

    @Test func `one declaration is all that a key needs`() throws {
        let keys = Keys(
            blank: Kettle(),
            keys: [
                Key("litres", \Kettle.litres, .integer(1...9)).commentedOut("of water"),
                Key("tea", \Kettle.tea, .text()).required("Name one.").shown(as: "black"),
            ]
        )
        func read(_ text: String) throws -> (Kettle?, [ConfigurationProblem]) {
            let findings = Findings()
            let tree = try #require(YAMLFile.tree(of: text, environment: [:], findings: findings))
            return (keys.read(tree, findings), findings.sortedProblems)
        }
        #expect(try read("{tea: green, litres: 3}").0 == Kettle(litres: 3, tea: "green"))
        #expect(try read("tea: green").0 == Kettle(litres: 2, tea: "green"))
        #expect(
            try read("litre: 3").1.map(\.description) == [
                "1: litre: unknown key. Did you mean 'litres'?", "1: tea: is missing. Name one.",
            ]
        )
        #expect(
            try read("{tea: green, litres: 12}").1.map(\.description) == ["1: litres: '12' is not between 1 and 9."]
        )
        #expect(keys.rendering(of: Kettle(litres: 3, tea: "green")).yaml() == "litres: 3\ntea: \"green\"\n")
        #expect(keys.outline.example() == ["# litres: 2                                 # of water", "tea: black"])
    }
}
