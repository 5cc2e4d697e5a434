import ConfigFile
import Foundation
import Testing

struct SyntaxTests {
    @Test func `everything that is wrong is said at once, in line order`() {
        let text = """
            version: 1
            cognite:
              host: http://c.example.com
              project: plant
              idp-authentication:
                tenant: t-1
                clientid: app
                secret: ${NOT_THERE}
            target:
              space: system
            logger: {level: loud}
            inboxes:
              - path: relative
                settle: 2
                settle: 3s
                colour: red
              - path: /srv/a
              - path: /srv/a/b
            state: /srv/a/state
            """
        let problems = Sample.problems(text)
        #expect(
            problems.map { "\($0.line ?? 0) \($0.key)" } == [
                "3 cognite.host", "7 cognite.idp-authentication.clientid",
                "8 cognite.idp-authentication.secret", "10 target.space", "11 logger.level", "13 inboxes[0].path",
                "14 inboxes[0].settle", "15 inboxes[0].settle", "16 inboxes[0].colour", "18 inboxes[2].path",
                "19 state",
            ]
        )
        #expect(problems.allSatisfy { $0.column != nil })
    }

    @Test func `the printed error has one line per problem, each beginning with the file`() throws {
        let text = Sample.minimal.replacing("project", with: "projekt") + "logger: {level: loud}\n"
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration.parse(text, file: "/etc/drop360/config.yaml", environment: [:])
        }
        let lines = error.description.split(separator: "\n")
        try #require(lines.count == 2)
        #expect(lines[0] == "/etc/drop360/config.yaml:4: cognite.projekt: unknown key. Did you mean 'project'?")
        #expect(
            lines[1].hasPrefix(
                "/etc/drop360/config.yaml:13: logger.level: 'loud' is not allowed here; it must be one of: "
            )
        )
    }

    @Test func `keys given twice are all found, in maps of both kinds, and the rest is checked too`() {
        let text = """
            version: 1
            cognite:
              host: https://c.example.com
              project: plant
              project: plant
              idp-authentication:
                tenant: t-1
                "client-id": app
                # between
                client-id: app
                secret: shh
                secret: shh
                secret: shh
            target: {space: a, model: image360, space: b}
            inboxes:
              - path: /srv/in
                settle: never
                path: /srv/in2
            version: 1
            """
        let problems = Sample.problems(text)
        #expect(
            problems.map(\.description) == [
                "5: cognite.project: this key is given a second time; the first is in line 4. Keep one of them.",
                "10: cognite.idp-authentication.client-id: this key is given a second time; the first is in line 8. Keep one of them.",
                "12: cognite.idp-authentication.secret: this key is given a second time; the first is in line 11. Keep one of them.",
                "13: cognite.idp-authentication.secret: this key is given a second time; the first is in line 11. Keep one of them.",
                "14: target.space: this key is given a second time; the first is in line 14. Keep one of them.",
                "17: inboxes[0].settle: 'never' is not a duration. Durations are written 300ms, 2s, 5m, 1h, 30d.",
                "18: inboxes[0].path: this key is given a second time; the first is in line 16. Keep one of them.",
                "19: version: this key is given a second time; the first is in line 1. Keep one of them.",
            ]
        )
    }

    @Test func `a key given twice in an unusual spelling is still reported`() {
        let lines = Sample.lines("version: 1\n? version\n: 1\n")
        #expect(lines == ["c.yaml:1: version: this key is given more than once in the same map. Keep one of them."])
    }

    @Test(arguments: [
        ("version: 1\n\tcognite: {}\n", 2, "the indentation contains a tab"),
        ("version: 1\ncognite:\n  host: \"https://x\n", 3, "this is not valid YAML: found unexpected end of stream"),
        ("version: 1\ncognite: [1, 2\n", 2, "this is not valid YAML"),
        ("version: 1\ncognite:\n  a: b\n c: d\n", 4, "this is not valid YAML"),
        ("version: 1\nstate: a: b\n", 2, "this is not valid YAML: mapping values are not allowed in this context"),
        ("version: 1\n---\nversion: 1\n", 2, "a second document starts here ('---')"),
        ("version: 1\nstate: *nowhere\n", 2, "this alias (*name) names no anchor (&name) above it"),
        ("version: 1\nstate: a\u{7}b\n", 2, "this line contains a control character"),
        ("version: 1\nstate: !env \"${X}\"\n", 2, "the tag !env is not supported"),
        ("version: 1\n<<: {a: b}\n", 2, "merging maps with << is not supported"),
        ("just words\n", 1, "must be a map of keys"),
        ("- a\n- b\n", 1, "must be a map of keys"),
    ])
    func `YAML that is wrong is said with its line`(text: String, line: Int, says: String) throws {
        let problem = try #require(Sample.problems(text).first { $0.message.hasPrefix(says) })
        #expect(problem.line == line)
    }

    @Test func `a syntax error does not quote the line, which may hold a secret`() {
        let text = Sample.minimal.replacing("secret: shh-quiet", with: "secret: \"shh-quiet\" extra: shh-quiet")
        let lines = Sample.lines(text)
        #expect(lines.count == 1)
        #expect(!lines.joined().contains("shh"))
    }

    @Test func `a variable within braces is explained`() throws {
        let text = "version: 1\ncognite: {project: ${P}}\n"
        let problem = try #require(Sample.problems(text).first)
        #expect(problem.line == 2)
        #expect(problem.suggestion?.hasPrefix("A ${NAME} cannot be used without quotes within { }") == true)
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n"])
    func `an empty file is said to be empty`(text: String) {
        #expect(
            Sample.lines(text) == ["c.yaml: the file is empty. 'drop360 config --example' prints a file to start with."]
        )
    }

    @Test func `a bomb of aliases is refused before it goes off`() {
        var text = "a: &l0 [x,x,x,x,x,x,x,x,x]\n"
        for level in 1...30 {
            text +=
                "k\(level): &l\(level) [" + Array(repeating: "*l\(level - 1)", count: 9).joined(separator: ",") + "]\n"
        }
        // As a key, the parser itself would hash its 9^31 parts.
        text += "? *l30\n: x\n"
        #expect(
            Sample.problems(text).map(\.message) == [
                "there are more anchors and aliases (&name, *name) than drop360 accepts"
            ]
        )
    }

    @Test func `too many values through few aliases are refused`() {
        let list = Array(repeating: "x", count: 400).joined(separator: ",")
        let aliases = Array(repeating: "*l", count: 40).joined(separator: ",")
        let problems = Sample.problems("a: &l [\(list)]\nb: [\(aliases)]\n")
        #expect(problems.map(\.message) == ["the file contains more than 10000 values, counted through its aliases"])
    }

    @Test(arguments: [17, 900, 50_000])
    func `deep nesting is refused`(depth: Int) {
        let text = "a: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "\n"
        let problems = Sample.problems(text)
        #expect(problems.count == 1)
        #expect(problems.first?.message.contains("nested") == true || problems.first?.message.contains("YAML") == true)
    }

    @Test func `patterns and names with stars and ampersands are no aliases`() throws {
        var text = Sample.minimal + "    site: {id: a, name: R&D & sons}\n    ignore:\n"
        for number in 0..<500 { text += "      - \"*tmp\(number)*\"\n" }
        #expect(try Sample.load(text).inboxes.first?.ignore.count == 500)
    }
}
