import ConfigFile
import Testing

struct FolderRuleTests {
    @Test(arguments: [
        ("/srv/in", "'/srv/in' is the same folder as inboxes[0] (line 12)"),
        ("/srv//in/", "'/srv/in' is the same folder as inboxes[0] (line 12)"),
        ("/srv/in/deeper", "'/srv/in/deeper' is inside '/srv/in' of inboxes[0] (line 12)"),
        ("/srv", "'/srv' contains '/srv/in' of inboxes[0] (line 12)"),
    ])
    func `two inboxes may not overlap`(path: String, says: String) {
        let lines = Sample.lines(Sample.minimal + "  - path: \(path)\n")
        #expect(
            lines == ["c.yaml:13: inboxes[1].path: \(says). Every station would be found twice; keep one of the two."]
        )
    }

    @Test(arguments: ["/srv/in", "/srv/in/state", "/srv/in/a/b/"])
    func `the state may not lie in an inbox`(state: String) {
        let problems = Sample.problems(Sample.minimal + "state: \(state)\n")
        #expect(problems.map(\.line) == [13])
        #expect(problems.first?.key == "state")
        #expect(problems.first?.message.contains("is inside the inbox '/srv/in'") == true)
    }

    @Test func `the default state may not lie in an inbox either`() {
        let problems = Sample.problems(Sample.minimal.replacing("/srv/in", with: "/var/lib"))
        #expect(problems.map(\.line) == [12])
        #expect(
            problems.first?.message
                == "the state folder '/var/lib/drop360' (the default) is inside the inbox '/var/lib'"
        )
    }

    @Test(arguments: ["/srv/in", "/srv/in/done", "/srv", "/"])
    func `stations are not moved into an inbox, nor to where it lies`(folder: String) {
        let problems = Sample.problems(Sample.minimal + "    after: {move: \(folder)}\n")
        #expect(problems.map(\.key).first == "inboxes[0].after.move")
        #expect(Sample.problems(Sample.minimal + "    after: {move: /srv/done}\n").isEmpty)
    }

    @Test func `an inbox at the root holds everything`() {
        let problems = Sample.problems(Sample.minimal.replacing("/srv/in", with: "/"))
        #expect(problems.map(\.key) == ["state"])
    }

    @Test func `reports may not lie in any inbox`() {
        let own = Sample.problems(Sample.minimal + "    reports: /srv/in/reports\n")
        #expect(own.map(\.key) == ["inboxes[0].reports"])
        #expect(own.map(\.line) == [13])
        let foreign = Sample.problems(Sample.minimal + "    reports: /srv/b\n  - path: /srv/b\n")
        #expect(foreign.map(\.key) == ["inboxes[0].reports"])
        #expect(foreign.first?.message.contains("would be inside the inbox '/srv/b'") == true)
        #expect(Sample.problems(Sample.minimal + "    reports: /srv/reports\n").isEmpty)
    }
}
