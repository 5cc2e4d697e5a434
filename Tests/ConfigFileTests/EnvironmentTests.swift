import ConfigFile
import Testing

struct EnvironmentTests {
    private func project(_ value: String, _ environment: [String: String]) throws -> String {
        let text = Sample.minimal.replacing("client-id: app", with: "client-id: \(value)")
        return try Sample.load(text, environment: environment).cognite.authentication.clientID
    }

    @Test func `a variable is put in place, also within a text and more than once`() throws {
        #expect(try project("${A}", ["A": "one"]) == "one")
        #expect(try project("x-${A}.${B_2}-${A}", ["A": "one", "B_2": "two"]) == "x-one.two-one")
    }

    @Test func `a value is taken as it is, with dollars, colons and hashes`() throws {
        #expect(try project("${A}", ["A": "${B} $x: y # z"]) == "${B} $x: y # z")
    }

    @Test func `in quotes everything stands for itself`() throws {
        #expect(try project("'${A}'", ["A": "one"]) == "${A}")
        #expect(try project("\"${A}\"", ["A": "one"]) == "${A}")
        #expect(try project("$A", ["A": "one"]) == "$A")
    }

    @Test func `a number may come from the environment`() throws {
        let text = Sample.minimal + "upload:\n  concurrency: ${N}\n"
        #expect(try Sample.load(text, environment: ["N": "9"]).upload.concurrency == 9)
    }

    @Test func `a variable that is not set is said with its line, and nothing else about the key`() {
        let text = Sample.minimal.replacing("client-id: app", with: "client-id: ${APP}")
        #expect(
            Sample.lines(text, environment: [:]) == [
                "c.yaml:7: cognite.idp-authentication.client-id: environment variable APP is not set. "
                    + "Set it (in the unit: Environment= or EnvironmentFile=), or put the value in quotes to take it literally."
            ]
        )
    }

    @Test func `a variable that is empty leaves the value empty`() {
        let text = Sample.minimal.replacing("secret: shh-quiet", with: "secret: ${S}")
        #expect(
            Sample.lines(text, environment: ["S": ""]) == ["c.yaml:8: cognite.idp-authentication.secret: is empty."]
        )
    }

    @Test(arguments: ["a${", "a${}", "a${1A}", "a${A-b}"])
    func `half a variable is refused`(value: String) {
        let text = Sample.minimal.replacing("client-id: app", with: "client-id: \(value)")
        let problems = Sample.problems(text, environment: ["A": "x"])
        #expect(problems.map(\.message) == ["this '${' starts no variable"])
        #expect(problems.map(\.line) == [7])
    }

    @Test func `a wrong value from the environment is not printed`() {
        let text = Sample.minimal + "upload:\n  concurrency: ${N}\n"
        let lines = Sample.lines(text, environment: ["N": "hunter2"])
        #expect(lines == ["c.yaml:14: upload.concurrency: '${N}' is not a whole number from 1 to 64."])
    }

    @Test func `what drives a terminal is printed as an escape`() {
        let text = Sample.minimal + "\"up\\eload\": 1\nlogger: {level: \"\\e[2J\"}\n"
        let lines = Sample.lines(text)
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { !$0.unicodeScalars.contains("\u{1B}") && $0.contains("\\u{1b}") })
    }
}
