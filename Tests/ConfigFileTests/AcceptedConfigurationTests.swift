import Foundation
import Station
import Testing

@testable import ConfigFile

struct AcceptedConfigurationTests {
    @Test func `every key arrives where it belongs`() throws {
        let configuration = try Sample.load(Sample.full)

        let cognite = configuration.cognite
        #expect(cognite.host == "https://c.example.com")
        #expect(cognite.project == "plant")
        #expect(cognite.authentication.issuer == .tenant("t-1", authority: "https://login.example.com"))
        #expect(cognite.authentication.tokenURL == "https://login.example.com/t-1/oauth2/v2.0/token")
        #expect(cognite.authentication.clientID == "app")
        #expect(cognite.authentication.secret == .inline(Secret("shh-quiet")))
        #expect(cognite.authentication.scopes == ["one", "two"])
        #expect(cognite.authentication.resource == "res")
        #expect(cognite.authentication.audience == "aud")
        #expect(cognite.authentication.minimumTTL == .seconds(45))
        #expect(cognite.dataSet == .externalID("ds"))
        #expect(cognite.extractionPipeline == "ep")
        #expect(cognite.files.labels == ["l"] && cognite.files.securityCategories == [5])
        #expect(cognite.files.source == "rig" && cognite.files.directory == "/plant")
        #expect(cognite.timeout == .seconds(20))
        #expect(
            configuration.target == Configuration.Target(model: .image360, space: "plant_360", externalIDPrefix: "s1:")
        )
        #expect(configuration.upload.concurrency == 4)
        #expect(configuration.upload.bandwidth?.bytesPerSecond == 2_500_000)
        #expect(configuration.upload.timetable?.entries.map(\.minute) == [420, 1140])
        #expect(configuration.upload.timetable?.entries.map(\.rate?.bytesPerSecond) == [250_000, nil])
        #expect(configuration.dashboard.listen == Configuration.Listen(host: "0.0.0.0", port: 80))
        #expect(configuration.dashboard.names == ["p.example"] && configuration.dashboard.usersFile == "/u")
        #expect(configuration.dashboard.tls == .init(certificate: "/t", key: "/k"))
        #expect(configuration.metrics?.listen == Configuration.Listen(host: "::1", port: 9360))
        #expect(configuration.metrics?.names == ["box7.plant.example"])
        #expect(configuration.logger.level == .debug)
    }

    @Test func `every key of an inbox arrives where it belongs`() throws {
        let inbox = try #require(try Sample.load(Sample.full).inboxes.first)
        #expect(inbox.path == "/srv/in")
        #expect(inbox.site == Site(id: "site-a", name: "Site A"))
        #expect(inbox.after == .keep)
        #expect(inbox.reports == .beside)
        #expect(inbox.settle == .milliseconds(300))
        #expect(inbox.detection == .auto)
        #expect(inbox.ignore == ["*.bak", "x?"])
        #expect(inbox.timeZone?.zone.secondsFromGMT(for: Date(timeIntervalSince1970: 1_782_864_000)) == 7200)
        #expect(inbox.offset == Vector3(x: 500000.5, y: 6_600_000, z: -3))
        #expect(inbox.minFace == 256)
        #expect(inbox.maxFace == 8192)
        #expect(inbox.reportAfter == .seconds(3600))
        #expect(inbox.poseDrift == .accept)
        #expect(inbox.faces == .preset(.matterportSkybox))
        #expect(inbox.seams == .reject)
        #expect(inbox.e57 == Configuration.E57(model: .number(123)))
    }

    @Test func `an operator may allow collections that the viewer does not load completely`() throws {
        #expect(try Sample.load(Sample.minimal).inboxes.first?.collections == .viewerLimit)
        let allowed = Sample.minimal.replacing("path: /srv/in", with: "path: /srv/in\n    collections: large-is-fine")
        #expect(try Sample.load(allowed).inboxes.first?.collections == .largeIsFine)
        let wrong = Sample.minimal.replacing("path: /srv/in", with: "path: /srv/in\n    collections: large")
        #expect(throws: ConfigurationError.self) { try Sample.load(wrong) }
    }

    @Test func `what is left out has its default`() throws {
        let configuration = try Sample.load(Sample.minimal)
        #expect(configuration.state == "/var/lib/drop360")
        #expect(configuration.inboxes == [Configuration.Inbox(path: "/srv/in")])
        #expect(configuration.inboxes.first?.settle == .seconds(2))
        #expect(configuration.inboxes.first?.reportAfter == .seconds(900))
        #expect(configuration.inboxes.first?.minFace == 512)
        #expect(configuration.inboxes.first?.maxFace == 16384)
        #expect(configuration.inboxes.first?.poseDrift == .reject)
        #expect(configuration.upload == Configuration.Upload(concurrency: 6))
        #expect(configuration.dashboard.listen.text == "127.0.0.1:3600")
        #expect(configuration.metrics == nil)
        #expect(configuration.logger.level == .info)
        #expect(configuration.cognite.dataSet == nil)
        #expect(configuration.cognite.timeout == .seconds(30))
        #expect(configuration.cognite.authentication.minimumTTL == .seconds(30))
        #expect(
            configuration.cognite.authentication.tokenURL
                == "https://login.microsoftonline.com/t-1/oauth2/v2.0/token"
        )
        #expect(configuration.cognite.authentication.scopes == ["https://c.example.com/.default"])
    }

    @Test func `the configuration that the design shows loads`() throws {
        let text = """
            version: 1
            cognite:
              host: https://northeurope-9.cognitedata.com
              project: refinery
              idp-authentication:
                tenant: 11111111-2222-3333-4444-555555555555     # or token-url
                client-id: ${COGNITE_CLIENT_ID}
                secret: ${COGNITE_CLIENT_SECRET}
                scopes: [https://northeurope-9.cognitedata.com/.default]
              data-set: {external-id: panoramas}
              extraction-pipeline: {external-id: pipeline}
            target: {model: image360, space: refinery_360, external-id-prefix: ""}
            state: /var/lib/drop360
            inboxes:
              - path: /srv/drop360/inbox
                site: {id: north, name: North}
                after: keep
                reports: beside
                settle: 2s
                detection: auto
                e57: {extract: cdf, model: "Site A scans"}
            upload: {concurrency: 6, bandwidth: 20Mbit/s, timetable: "07:00,2Mbit/s 19:00,off"}
            dashboard: {listen: 127.0.0.1:3600}
            metrics: {listen: 127.0.0.1:9360}
            logger: {level: info}
            """
        let loaded = try Sample.load(text)
        #expect(loaded.cognite.authentication.clientID == "app-1")
        #expect(loaded.cognite.authentication.secret == .inline(Secret("s3cret-Value!")))
    }

    @Test(arguments: [
        ("/srv/in/", "/srv/in"), ("/srv//in", "/srv/in"), ("/srv/./in/.", "/srv/in"),
        ("\"/srv/with space\"", "/srv/with space"),
        ("/srv/Bilder Süd", "/srv/Bilder Süd"),
    ])
    func `paths are normalised`(written: String, path: String) throws {
        let text = Sample.minimal.replacing("/srv/in", with: written)
        #expect(try Sample.load(text).inboxes.map(\.path) == [path])
    }

    @Test func `scopes may be one text with spaces between, and ignore one pattern`() throws {
        let text = Sample.minimal
            .replacing("secret: shh-quiet", with: "secret: shh-quiet\n    scopes: one  two")
            .appending("    ignore: '*.bak'\n    reports: off\n    time-zone: +02:00\n")
        let configuration = try Sample.load(text)
        #expect(configuration.cognite.authentication.scopes == ["one", "two"])
        #expect(configuration.inboxes.first?.ignore == ["*.bak"])
        #expect(configuration.inboxes.first?.reports == .off)
        #expect(configuration.inboxes.first?.timeZone?.zone.secondsFromGMT() == 7200)
    }

    @Test(arguments: ["http://127.0.0.1:8360", "http://localhost:8360", "http://[::1]:8360", "http://127.1.2.3"])
    func `unencrypted addresses of this machine are taken`(host: String) throws {
        let text = Sample.minimal
            .replacing("https://c.example.com", with: host)
            .replacing("tenant: t-1", with: "token-url: \(host)/oauth2/token")
        let configuration = try Sample.load(text)
        #expect(configuration.cognite.host == host)
        #expect(configuration.cognite.authentication.tokenURL == "\(host)/oauth2/token")
        #expect(configuration.cognite.authentication.scopes.isEmpty)
    }

    @Test(arguments: ["a", "plant_360", "A-b", String(repeating: "s", count: 43)])
    func `names that CDF takes for a space are taken`(space: String) throws {
        let text = Sample.minimal.replacing("plant_360", with: space)
        #expect(try Sample.load(text).target.space == space)
    }

    @Test func `windows line ends, a byte order mark and an anchor do no harm`() throws {
        let text =
            "\u{FEFF}"
            + Sample.minimal.replacing(
                "/srv/in\n",
                with: "/srv/in\n    site: &a {id: s}\n  - path: /srv/b\n    site: *a\n"
            )
        let windows = text.replacing("\n", with: "\r\n")
        #expect(try Sample.load(text).inboxes.map(\.site?.id) == ["s", "s"])
        #expect(try Sample.load(windows) == Sample.load(text))
    }

    @Test func `an inbox inside of the state folder, and neighbours with a common beginning, are allowed`() throws {
        let text =
            Sample.minimal.replacing("/srv/in", with: "/data/state/in")
            + "  - path: /data/state/in2\nstate: /data/state\n"
        #expect(try Sample.load(text).inboxes.count == 2)
    }

    @Test func `the sandbox's configuration is what the sandbox serves`() throws {
        let configuration = Configuration.sandbox(
            inbox: "/tmp/in",
            state: "/tmp/state",
            baseURL: "http://127.0.0.1:8360/"
        )
        #expect(configuration.cognite.host == "http://127.0.0.1:8360")
        #expect(configuration.cognite.project == "sandbox")
        #expect(configuration.cognite.authentication.tokenURL == "http://127.0.0.1:8360/oauth2/token")
        #expect(configuration.cognite.authentication.clientID == "sandbox")
        #expect(try configuration.clientSecret(environment: [:]).reveal() == "sandbox")
        #expect(configuration.cognite.dataSet == .externalID("sandbox"))
        #expect(configuration.target.space == "sandbox")
        #expect(configuration.state == "/tmp/state")
        var inbox = Configuration.Inbox(path: "/tmp/in")
        inbox.e57 = Configuration.E57(extract: .here)
        #expect(configuration.inboxes == [inbox])
        #expect(configuration.dashboard.listen.text == "127.0.0.1:3600")
        // It could as well have come from a file.
        let read = try Sample.load(configuration.rendered())
        #expect(read.rendered() == configuration.rendered())
    }

    @Test func `E57 files go to a model by number or name, are read here, or are left alone`() throws {
        func e57(_ section: String) throws -> Configuration.E57? {
            let configuration = try Sample.load(Sample.minimal + "    e57: \(section)\n")
            #expect(try Sample.load(configuration.rendered()).inboxes == configuration.inboxes)
            return configuration.inboxes.first?.e57
        }
        #expect(try e57("{model: Site A scans}") == .init(extract: .cdf, model: .name("Site A scans")))
        #expect(try e57("{extract: CDF, model-id: 7}") == .init(extract: .cdf, model: .number(7)))
        #expect(try e57("{extract: off}") == .init(extract: .off))
        var here = Configuration.E57(extract: .here)
        #expect(try e57("{extract: here}") == here)
        #expect(here.scratch.bytes == 2_147_483_648 && here.azimuth == .centreX)
        (here.scratch, here.azimuth) = (ByteSize(bytes: 536_870_912), .edgeX)
        #expect(try e57("{extract: here, scratch: 512MiB, azimuth: edge-x}") == here)
        #expect(try Sample.load(Sample.minimal).inboxes.first?.e57 == nil)
    }

    @Test func `faces may be six file names, which are printed as they were read`() throws {
        let names = "{front: a.jpg, back: b.jpg, left: c.jpg, right: d.jpg, top: e.jpg, bottom: f.jpg}"
        let configuration = try Sample.load(Sample.minimal + "    faces: \(names)\n")
        guard case .map(let map) = configuration.inboxes.first?.faces else {
            Issue.record("no map")
            return
        }
        #expect(map[.left] == "c.jpg" && map.count == 6)
        #expect(configuration.rendered().contains(#"left: "c.jpg""#))
        #expect(throws: (any Error).self) { try Sample.load(Sample.minimal + "    faces: {front: a.jpg}\n") }
    }
}
