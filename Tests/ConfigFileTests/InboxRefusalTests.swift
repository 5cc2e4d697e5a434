import ConfigFile
import Testing

struct InboxRefusalTests {
    @Test(arguments: [
        Refusal(
            "settle: 300ms",
            "settle: 2",
            line: 25,
            "inboxes[0].settle: '2' is not a duration. Durations are written 300ms, 2s, 5m, 1h, 30d."
        ),
        Refusal(
            "settle: 300ms",
            "settle: 2h",
            line: 25,
            "inboxes[0].settle: '2h' is not between 10ms and 1h. Durations are written 300ms, 2s, 5m, 1h, 30d."
        ),
        Refusal("settle: 300ms", "setle: 3s", line: 25, "inboxes[0].setle: unknown key. Did you mean 'settle'?"),
        Refusal(
            "settle: 300ms",
            "concurrency: 3",
            line: 25,
            "inboxes[0].concurrency: unknown key. 'concurrency' belongs in 'upload'."
        ),
        Refusal(
            "after: keep",
            "after: move",
            line: 23,
            "inboxes[0].after: 'move' is not supported here. Write keep, {move: /srv/drop360/delivered} or {delete-after: 30d}."
        ),
        Refusal(
            "after: keep",
            "after: {delete-after: 5m}",
            line: 23,
            "inboxes[0].after.delete-after: '5m' is not between 1h and 3650d. Durations are written 300ms, 2s, 5m, 1h, 30d."
        ),
        Refusal(
            "after: keep",
            "after: {}",
            line: 23,
            "inboxes[0].after.move: is missing. Write keep, {move: /srv/drop360/delivered} or {delete-after: 30d}."
        ),
        Refusal(
            "after: keep",
            "after: {move: delivered}",
            line: 23,
            "inboxes[0].after.move: 'delivered' is not an absolute path. Write the whole path, starting with '/'."
        ),
        Refusal("after: keep", "after:", line: 23, "inboxes[0].after: has no value. Give one, or delete the key."),
        Refusal(
            "reports: beside",
            "reports: besides",
            line: 24,
            "inboxes[0].reports: 'besides' is neither beside, off nor an absolute path. "
                + "Write beside, off or the absolute path of a folder."
        ),
        Refusal(
            "detection: auto",
            "detection: polling",
            line: 26,
            "inboxes[0].detection: 'polling' is not allowed here; it must be one of: auto, inotify, poll."
        ),
        Refusal("[\"*.bak\", \"x?\"]", "[\"*.bak\", \"\"]", line: 27, "inboxes[0].ignore[1]: is empty."),
        Refusal(
            "Europe/Oslo",
            "Europe/Olso",
            line: 28,
            "inboxes[0].time-zone: 'Europe/Olso' is not a time zone. Time zones are written Europe/Oslo, UTC or +02:00."
        ),
        Refusal(
            "Europe/Oslo",
            "CST",
            line: 28,
            "inboxes[0].time-zone: 'CST' is not a time zone. Time zones are written Europe/Oslo, UTC or +02:00."
        ),
        Refusal("x: 500000.5", "x: nan", line: 29, "inboxes[0].offset.x: 'nan' is not a number of metres."),
        Refusal("x: 500000.5", "x: 1e9", line: 29, "inboxes[0].offset.x: '1e9' is more than 100,000 km."),
        Refusal(
            "min-face: 256",
            "min-face: 9000",
            line: 30,
            "inboxes[0].min-face: min-face (9000) is larger than max-face (8192); no face could pass."
        ),
        Refusal(
            "max-face: 8192",
            "max-face: 8MB",
            line: 31,
            "inboxes[0].max-face: '8MB' is not a whole number from 1 to 65535."
        ),
        Refusal(
            "report-after: 1h",
            "report-after: soon",
            line: 32,
            "inboxes[0].report-after: 'soon' is not a duration. Durations are written 300ms, 2s, 5m, 1h, 30d."
        ),
        Refusal(
            "pose-drift: accept",
            "pose-drift: acept",
            line: 33,
            "inboxes[0].pose-drift: 'acept' is not allowed here; it must be one of: reject, accept. Did you mean 'accept'?"
        ),
        Refusal(
            "faces: matterport-skybox",
            "faces: matterport",
            line: 34,
            "inboxes[0].faces: 'matterport' is not allowed here; it must be one of: krpano, pano2vr, py360convert, "
                + "matterport-skybox, leica-cubeface-a, leica-cubeface-b, gl-front-plus-z, gl-front-minus-z."
        ),
        Refusal(
            "seams: reject",
            "seams: yes",
            line: 35,
            "inboxes[0].seams: 'yes' is not allowed here; it must be one of: warn, reject, off."
        ),
        Refusal(
            "site: {id: site-a, name: Site A}",
            "site: {name: Site A}",
            line: 22,
            "inboxes[0].site.id: is missing."
        ),
        Refusal(
            "site: {id: site-a, name: Site A}",
            "site: site-a",
            line: 22,
            "inboxes[0].site: must be a map of keys. Its keys are: id, name."
        ),
        Refusal("  - path: /srv/in\n", "  - \n", line: 22, "inboxes[0].path: is missing."),
        Refusal(
            "path: /srv/in",
            "path: in",
            line: 21,
            "inboxes[0].path: 'in' is not an absolute path. Write the whole path, starting with '/'."
        ),
    ])
    func `what is wrong about an inbox is said with its line`(refusal: Refusal) throws { try refusal.check() }

    private static let nameAModel =
        "inboxes[0].e57.model: is missing. CDF puts the scans into a 3D model: give its name, or 'model-id', "
        + "the number of an existing one."

    @Test(arguments: [
        ("{model-id: abc}", ["inboxes[0].e57.model-id: 'abc' is not a positive whole number."]),
        ("{model-id: -1}", ["inboxes[0].e57.model-id: '-1' is not a positive whole number."]),
        ("{model: ''}", ["inboxes[0].e57.model: is empty."]),
        ("{}", [nameAModel]),
        ("{extract: cdf}", [nameAModel]),
        (
            "{model: a, model-id: 1}",
            ["inboxes[0].e57.model-id: cannot be combined with 'model'. Give one of the two."]
        ),
        (
            "{extract: heres}",
            [
                "inboxes[0].e57.extract: 'heres' is not allowed here; it must be one of: cdf, here, off. Did you mean 'here'?"
            ]
        ),
        (
            "{extract: here, model: a}",
            ["inboxes[0].e57.model: has no effect with 'extract: here'. Delete it, or write 'extract: cdf'."]
        ),
        (
            "{extract: off, model-id: 1}",
            ["inboxes[0].e57.model-id: has no effect with 'extract: off'. Delete it, or write 'extract: cdf'."]
        ),
        (
            "{model: a, azimuth: edge-x}",
            ["inboxes[0].e57.azimuth: has no effect with 'extract: cdf'. Delete it, or write 'extract: here'."]
        ),
        (
            "{extract: here, scratch: 2}",
            ["inboxes[0].e57.scratch: '2' is not a size. Sizes are written 16MiB, 2GiB or 500MB."]
        ),
        (
            "{extract: here, scratch: 1MiB}",
            [
                "inboxes[0].e57.scratch: '1MiB' is not between 64MiB and 1TiB. Sizes are written 16MiB, 2GiB or 500MB."
            ]
        ),
        (
            "{extract: here, azimuth: edge-y}",
            [
                "inboxes[0].e57.azimuth: 'edge-y' is not allowed here; it must be one of: centre-x, edge-x. Did you mean 'edge-x'?"
            ]
        ),
        ("{modelid: 4}", ["inboxes[0].e57.modelid: unknown key. Did you mean 'model-id'?"]),
        ("here", ["inboxes[0].e57: must be a map of keys. Its keys are: extract, model, model-id, scratch, azimuth."]),
    ])
    func `what is wrong about the E57 files of an inbox is said once, with its line`(section: String, says: [String]) {
        let lines = Sample.lines(Sample.full.replacing("{extract: cdf, model-id: 123}", with: section))
        #expect(lines == says.map { "c.yaml:36: \($0)" })
    }

    @Test(arguments: [
        ("inboxes: []", "c.yaml:11: inboxes: is empty. Name at least one folder: '- path: /srv/drop360/inbox'."),
        ("inboxes: /srv/in", "c.yaml:11: inboxes: must be a list. Start each item with '- '."),
        ("inboxes: {path: /srv/in}", "c.yaml:11: inboxes: must be a list. Start each item with '- '."),
        ("", "c.yaml:1: inboxes: is missing. Name at least one folder: '- path: /srv/drop360/inbox'."),
    ])
    func `a configuration without an inbox is refused`(text: String, says: String) {
        let lines = Sample.lines(Sample.minimal.replacing("inboxes:\n  - path: /srv/in", with: text))
        #expect(lines == [says])
    }
}
