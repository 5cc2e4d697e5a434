import Foundation
import Station
import TestSupport
import Testing

/// The commands beside the daemon, and the shapes that scripts rely on.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct CommandJourneyTests {
    @Test func `check distinguishes good from bad by its exit code, and writes nothing`() async throws {
        let folder = try TemporaryFolder()
        let good = try StationMaker().write(to: folder.path, named: "inbox/good", .init(seed: 1))
        let bad = try StationMaker().write(to: folder.path, named: "inbox/bad", .init(seed: 2, sidecar: .text("{}")))
        try folder.makeFolder("empty")
        func check(_ arguments: String...) async throws -> Finished {
            let log = try TemporaryFolder()
            let child = try Drop360.start(["check"] + arguments, in: folder.path, log: log.path("check"))
            let exit = try await child.ended()
            return Finished(
                exit: exit,
                output: child.output,
                errors: child.errors,
                everythingPrinted: child.everythingPrinted
            )
        }
        func listing() throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted().map { name in
                let facts = try FileManager.default.attributesOfItem(atPath: folder.path(name))
                return "\(name) \(facts[.modificationDate] ?? "") \(facts[.size] ?? "")"
            }
        }
        let before = try listing()
        #expect(try await check(good).exit == .code(0))
        #expect(try await check("inbox/good").exit == .code(0))
        #expect(try await check(bad).exit == .code(1))
        #expect(try await check(good, bad).exit == .code(1))
        let empty = try await check("empty")
        #expect(empty.exit == .code(1) && empty.errors.contains("contains no station"))
        let nowhere = try await check("nowhere")
        #expect(nowhere.exit == .code(1) && nowhere.errors.contains("nowhere"), "\(nowhere.errors)")

        let both = try await check(good, bad, "--json").facts()
        #expect(both.keys == ["stations"])
        let (one, other) = (both["stations"].list[0], both["stations"].list[1])
        #expect(one.keys == ["ids", "notes", "path", "pose", "problems", "seams", "verdict"])
        #expect(one["path"].text == good && one["verdict"].text == "accepted" && one["problems"] == .list([]))
        #expect(one["notes"].list.map(\.keys) == [["code", "message"]])
        #expect(one["pose"].keys == ["eulerRotation", "translation"])
        #expect(one["pose"]["translation"] == .list([.number(1), .number(2), .number(1.7)]))
        #expect(one["pose"]["eulerRotation"].list.count == 3)
        let id = "site-a/good/20260501T100000Z"
        #expect(one["ids"].keys == ["collection", "files", "image", "station"])
        #expect(one["ids"]["collection"].text == "site-a" && one["ids"]["station"].text == "site-a/good")
        #expect(one["ids"]["image"].text == id)
        #expect(
            one["ids"]["files"].texts == [
                "front": id + "/front", "back": id + "/back", "left": id + "/left", "right": id + "/right",
                "top": id + "/top", "bottom": id + "/bottom",
            ]
        )
        #expect(other["verdict"].text == "rejected")
        #expect(
            Set(other["problems"].list.compactMap { $0["code"].text }) == ["translation-missing", "rotation-missing"]
        )
        #expect(other["problems"].list.allSatisfy { $0["file"].text == "pose.json" && $0["message"].text != nil })
        #expect(try listing() == before)
    }

    @Test func `check --requests prints what the daemon really sends`() async throws {
        let site = try await Site()
        try site.drop(
            "site-z/station",
            .init(
                seed: 4,
                sidecar: .text(
                    StationMaker.sidecar(
                        siteID: "site-z",
                        rotation: #"{"quaternion": {"w": 0.8, "x": 0, "y": 0.6, "z": 0}}"#,
                        time: "2026-05-02T08:15:30.250+02:00",
                        extra: ["label": #""Büro 3""#, "metadata": #"{"crew": "B"}"#, "site_name": #""Zeche Z""#]
                    )
                )
            )
        )
        let check = try await site.run("check", site.inbox, "--requests", "--config", site.configuration)
        #expect(check.exit == .code(0), "\(check.errors)")
        let planned = try check.facts()["requests"].list
        try await site.deliverAll()
        let sent = try await site.sandbox.requests()

        func bodies(_ path: String) -> (planned: [Facts], sent: [Facts]) {
            (
                planned.filter { $0["path"].text?.split(separator: "?").first.map(String.init) == path }.map {
                    $0["body"]
                },
                sent.filter { $0.method == "POST" && $0.path == path }.map(\.body)
            )
        }
        func byID(_ bodies: [Facts]) -> [String: Facts] {
            Dictionary(bodies.map { ($0["externalId"].text ?? "", $0.without("dataSetId")) }) { first, _ in first }
        }
        let files = bodies("/files")
        #expect(files.planned.count == 6 && files.sent.count == 6)
        #expect(byID(files.planned) == byID(files.sent))
        #expect(files.sent.allSatisfy { $0["dataSetId"].int != nil })
        #expect(sent.filter { $0.path == "/files" }.allSatisfy { $0.query == ["overwrite": "false"] })
        let confirmations = bodies("/files/byids")
        #expect(confirmations.planned.count == 1 && confirmations.planned == confirmations.sent)
        let instances = bodies("/models/instances")
        #expect(instances.planned.count == 2 && instances.planned == instances.sent)
        let puts = sent.filter { $0.method == "PUT" }
        #expect(planned.count { $0["method"].text == "PUT" } == 6 && puts.count == 6)
    }

    @Test func `check --requests prints what the daemon really sends under the core data model`() async throws {
        let site = try await Site(model: "core")
        try site.drop("site-z/station", .init(seed: 4, siteID: "site-z", time: "2026-05-02T08:15:30.250+02:00"))
        let check = try await site.run("check", site.inbox, "--requests", "--config", site.configuration)
        #expect(check.exit == .code(0), "\(check.errors)")
        let planned = try check.facts()["requests"].list
        try await site.deliverAll()
        let sent = try await site.sandbox.requests()
        for path in ["/models/instances", "/files/uploadlink", "/files/byids", "/3d/models"] {
            var real = sent.filter { $0.method == "POST" && $0.path == path }.map(\.body)
            var shown = planned.filter { $0["path"].text == path }.map { $0["body"] }
            // What only CDF knows: the number of the model.
            if path == "/models/instances" {
                let (own, sample) = (try #require(real.last), try #require(shown.last))
                (real, shown) = (real.dropLast(), shown.dropLast())
                #expect(own["items"].list.first?["externalId"] == sample["items"].list.first?["externalId"])
                #expect(planned.last?["remark"].text?.contains("cog_3d_model_0 stands for the model's node") == true)
            }
            // Files are sent in any order.
            #expect(shown.count == real.count && real.allSatisfy(shown.contains), "\(path): \(real)")
        }
    }

    @Test func `status, list, explain and retry print facts in fixed shapes`() async throws {
        let site = try await Site()
        try site.drop("a-good", .init(seed: 1))
        try site.drop("b-bad", .init(seed: 2, sidecar: .text("{}")))
        try site.drop("c-half", .init(seed: 3, skipping: [.top]))
        let early = try await site.run("status", "--json", "--config", site.configuration)
        #expect(early.exit == .code(1) && early.errors.contains("no daemon has run"), "\(early.errors)")
        let daemon = try site.startDaemon()
        _ = try await site.report("a-good", "UPLOADED")
        _ = try await site.report("b-bad", "REJECTED")
        try await site.become("incomplete", "c-half")

        let running = try await eventually("online") { () async throws -> Facts? in
            let status = try await site.run("status", "--json", "--config", site.configuration).facts()
            return status["online"].bool == true && !status["inboxes"].list.isEmpty ? status : nil
        }
        let states = [
            "accepted", "failed", "incomplete", "processing", "registered", "rejected", "uploaded", "uploading",
            "withdrawn",
        ]
        #expect(running["counts"].keys == states)
        #expect(states.map { running["counts"][$0].int } == [0, 0, 1, 0, 1, 1, 0, 0, 0])
        #expect(running["running"] == .bool(true) && running["paused"] == .bool(false))
        #expect(running["pid"].int == Int(daemon.pid))
        #expect(
            running["inboxes"].list == [
                .object([
                    "path": .text(site.inbox), "available": .bool(true), "detection": .text("inotify"),
                    "reportAfter": .number(900),
                ])
            ]
        )
        #expect(running["version"].text != nil && running["startedAt"].text != nil)
        try await site.stop(daemon)
        let stopped = try await site.run("status", "--json", "--config", site.configuration).facts()
        #expect(stopped["running"] == .bool(false) && stopped["online"] == .bool(false))
        #expect(stopped["pid"] == .null)
        #expect(stopped["counts"] == running["counts"])

        let list = try await site.list()
        #expect(list.keys.sorted() == ["a-good", "b-bad", "c-half"])
        let good = try #require(list["a-good"])
        #expect(good.keys == ["attempts", "changedAt", "image", "inbox", "kind", "path", "site", "state", "station"])
        #expect(list["b-bad"]?.keys == ["attempts", "changedAt", "inbox", "kind", "path", "state", "station", "words"])
        let rejected = try await site.run("list", "--state", "rejected", "--json", "--config", site.configuration)
        #expect(try rejected.facts()["stations"].list.map { $0["path"].text } == ["b-bad"])

        for filter in [
            ["--site", "site-a", "--state", "registered"], ["--search", "GOOD"],
            ["--state", "registered", "--kind", "station"],
            ["--limit", "1", "--search", "a-"],
        ] {
            let found = try await site.run(["list", "--json", "--config", site.configuration] + filter).facts()
            #expect(found["stations"].list.map { $0["path"].text } == ["a-good"], "\(filter)")
        }
        let none = try await site.run("list", "--since", "2099-01-01", "--config", site.configuration)
        #expect(none.exit == .code(0) && none.output.contains("--since 2099-01-01"))
        #expect(try await site.run("list", "--since", "lately", "--config", site.configuration).exit == .code(64))
        try await exports(of: site)

        let image = "site-a/a-good/20260501T100000Z"
        for name in [String(good["station"].int ?? 0), "inbox/a-good", site.inbox + "/a-good", "a-good", image] {
            #expect(try await site.explain(name)["summary"] == good, "\(name)")
        }
        let explained = try await site.explain(image)
        #expect(
            explained.keys == [
                "capture", "faces", "folder", "history", "notes", "problems", "report", "story", "summary",
            ]
        )
        #expect(explained["faces"].list.count == 6)
        for face in explained["faces"].list {
            #expect(face.keys == ["face", "fileID", "receipt", "sha256", "size", "state"])
            #expect(face["state"] == .text("confirmed"))
        }
        #expect(explained["capture"]["faces"].keys == ["back", "bottom", "front", "left", "right", "top"])
        #expect(explained["history"].list.allSatisfy { $0["at"].text != nil && $0["event"].text != nil })
        let unknown = try await site.run("explain", "nobody", "--json", "--config", site.configuration)
        #expect(unknown.exit == .code(1) && unknown.output == "" && unknown.errors.contains("nobody"))

        let retried = try await site.run("retry", "b-bad", "--json", "--config", site.configuration)
        #expect(retried.exit == .code(0), "\(retried.errors)")
        #expect(try retried.facts()["stations"].list.map { $0["path"].text } == ["b-bad"])
        let done = try await site.run("retry", "a-good", "--config", site.configuration)
        #expect(done.exit == .code(1) && done.errors.contains("nothing to retry"))
    }

    /// Both forms of the audit list, on standard output and into a file.
    private func exports(of site: Site) async throws {
        let json = try await site.run("export", "--format", "json", "--config", site.configuration).facts()
        // By number, which is the order in which they were inspected.
        let items = json["stations"].list.sorted { ($0["path"].text ?? "") < ($1["path"].text ?? "") }
        #expect(items.map { $0["path"].text } == ["a-good", "b-bad", "c-half"])
        #expect(items[0]["contents"].list.map { $0["status"].text } == ["present"])
        #expect(items[0]["contents"].list[0]["files"].list.count == 6)
        let csv = try await site.run("export", "--format", "csv", "--config", site.configuration)
        #expect(csv.exit == .code(0) && csv.output.split(separator: "\r\n").count == 4, "\(csv.errors)")
        let file = site.folder.path("audit.csv")
        let written = try await site.run("export", "--output", file, "--config", site.configuration)
        #expect(written.exit == .code(0) && written.output == "")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == csv.output)
        let names = try FileManager.default.contentsOfDirectory(atPath: site.folder.path)
        #expect(!names.contains { $0.contains(".part") })
        let nowhere = try await site.run("export", "--output", "/nowhere/x.csv", "--config", site.configuration)
        #expect(nowhere.exit == .code(1) && nowhere.errors.contains("/nowhere/x.csv"))
        #expect(try await site.run("export", "--format", "xml", "--config", site.configuration).exit == .code(64))
    }

    @Test func `the script that check --fix-names prints fixes the station, whatever the names`() async throws {
        let folder = try TemporaryFolder()
        let station = "in/it's | a \"name\""
        try StationMaker().write(to: folder.path, named: station, .init(seed: 1))
        func name(_ face: String) -> String { "\(station)/-|x; \(face).jpg" }
        for face in Face.allCases {
            let other: Face = face == .left ? .right : face == .right ? .left : face
            try folder.move("\(station)/\(face).jpg", to: name(other.rawValue))
        }
        let script = try await fixNames(folder, station)
        #expect(script.contains("left and right look swapped"))
        try folder.write(script, to: "fix.sh")
        #expect(try await shell(folder.path("fix.sh"), folder) == .code(0))
        #expect(try await fixNames(folder, station).contains("the faces fit"))
        // A rest of an interrupted run stops it before anything is moved.
        try folder.move(name("left"), to: name("kept"))
        try folder.move(name("right"), to: name("left"))
        try folder.move(name("kept"), to: name("right"))
        let again = try await fixNames(folder, station)
        try folder.write("rest", to: name("left") + ".part")
        try folder.write(again, to: "fix.sh")
        let before = try folder.names(in: station)
        #expect(try await shell(folder.path("fix.sh"), folder) == .code(1))
        #expect(try folder.names(in: station) == before)
    }

    private func shell(_ script: String, _ folder: TemporaryFolder) async throws -> ChildProcess.Exit {
        let log = folder.path("sh-\(UUID().uuidString)")
        return try await ChildProcess("/bin/sh", [script], environment: ["PATH": "/usr/bin:/bin"], in: "/", log: log)
            .ended()
    }

    private func fixNames(_ folder: TemporaryFolder, _ station: String) async throws -> String {
        let child = try Drop360.start(
            ["check", station, "--fix-names"],
            in: folder.path,
            log: folder.path("check-\(UUID().uuidString)")
        )
        try await child.ended()
        return child.output
    }
}
