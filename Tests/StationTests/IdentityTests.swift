import Foundation
import Station
import TestSupport
import Testing

struct ExternalIDsTests {
    static let digest = ContentDigest(over: ["content"])
    static let time = CaptureTime(milliseconds: 1_777_629_600_000)

    private static func ids(
        prefix: String = "",
        site: String,
        station: String,
        time: CaptureTime? = time,
        digest: ContentDigest = digest
    ) -> ExternalIDs {
        ExternalIDs(prefix: prefix, siteID: site, stationID: station, time: time, digest: digest)
    }

    @Test func `the ids follow the template`() {
        let ids = Self.ids(prefix: "p:", site: "site-a", station: "north-01")
        #expect(ids.collection == "p:site-a")
        #expect(ids.station == "p:site-a/north-01")
        #expect(ids.image == "p:site-a/north-01/20260501T100000Z")
        #expect(ids.file(.bottom) == "p:site-a/north-01/20260501T100000Z/bottom")
    }

    @Test func `without a time, the digest's first twelve digits are used`() {
        let ids = Self.ids(site: "s", station: "n", time: nil)
        #expect(ids.image == "s/n/" + Self.digest.rawValue.prefix(12))
    }

    /// ASCII, two, three and four bytes, and a grapheme of many.
    static let alphabets = ["ab", "æø", "日本", "😀", "e\u{301}", "👩‍👩‍👧‍👦"]

    @Test(arguments: alphabets, [1, 20, 83, 120, 200, 247, 248, 254, 255, 256, 300, 2000])
    func `no id is longer than 255 bytes, and its head stays readable`(alphabet: String, length: Int) {
        let text = String(String(repeating: alphabet, count: length).prefix(length))
        let ids = Self.ids(prefix: "pre-", site: text, station: text + "x")
        for id in [ids.collection, ids.station, ids.image] + Face.allCases.map(ids.file) {
            #expect(id.utf8.count <= ExternalIDs.byteLimit)
            #expect(id.hasPrefix("pre-"))
        }
        let full = "pre-\(text)"
        if full.utf8.count <= 255 {
            #expect(ids.collection == full)
        } else {
            let head = ids.collection.prefix { $0 != "~" }
            #expect(full.hasPrefix(head))
            #expect(head.utf8.count > 200, "little is thrown away")
            #expect(ids.collection.utf8.count - head.utf8.count == 13)
        }
    }

    @Test func `an id that just fits is left alone`() {
        let site = String(repeating: "s", count: 255)
        #expect(Self.ids(site: site, station: "x").collection == site)
        // 248 bytes leave room for "/bottom".
        let station = String(repeating: "n", count: 248 - "s/".count - "/20260501T100000Z".count)
        let ids = Self.ids(site: "s", station: station)
        #expect(ids.image == "s/\(station)/20260501T100000Z")
        #expect(ids.file(.bottom).utf8.count == 255)
        #expect(Self.ids(site: "s", station: station + "n").image.contains("~"))
    }

    @Test(arguments: UInt64(0)..<40)
    func `different stations never share an id`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var seen: [String: [String]] = [:]
        func name(_ random: inout SeededGenerator) -> String {
            // Long ones share their first 250 bytes, so that only the digest tells them apart.
            let head = Bool.random(using: &random) ? "" : String(repeating: "h", count: 250)
            return head
                + String(
                    (0..<Int.random(in: 1...3, using: &random)).map { _ in "ab~é".randomElement(using: &random) ?? "a" }
                )
        }
        for _ in 0..<60 {
            let (site, station) = (name(&random), name(&random))
            let time = CaptureTime(milliseconds: Int64.random(in: 0..<3, using: &random))
            let ids = Self.ids(site: site, station: station, time: time)
            for (id, source) in [
                (ids.collection, [site]), (ids.station, [site, station]), (ids.image, [site, station, time.compact]),
            ] {
                #expect(seen[id, default: source] == source, "\(id)")
                seen[id] = source
            }
        }
    }

    @Test func `the ids of one capture are the same each time`() {
        #expect(Self.ids(site: "s", station: "n") == Self.ids(site: "s", station: "n"))
        let long = String(repeating: "n", count: 400)
        #expect(Self.ids(site: "s", station: long) == Self.ids(site: "s", station: long))
    }
}

struct ContentDigestTests {
    @Test(arguments: UInt64(0)..<20)
    func `lists that differ in any way have different digests`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var seen: [String: [String]] = [:]
        for _ in 0..<300 {
            let parts = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                String(
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in "1:a".randomElement(using: &random) ?? "a" }
                )
            }
            let digest = ContentDigest(over: parts).rawValue
            #expect(seen[digest, default: parts] == parts)
            seen[digest] = parts
        }
    }

    @Test func `moving a letter from one part to the next changes the digest`() {
        let lists = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], ["2:ab1:c"], ["c", "ab"], []]
        #expect(Set(lists.map { ContentDigest(over: $0) }).count == lists.count)
    }

    @Test func `the digest is SHA-256 over each part with its length in front`() {
        // printf '2:ab1:c' | sha256sum
        #expect(
            ContentDigest(over: ["ab", "c"]).rawValue
                == "430fb1b4ac43316eca81fab27a1930ab8eff8fef6a1dc7903dce44bbc2790dc5"
        )
    }
}
