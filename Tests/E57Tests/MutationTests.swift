import E57
import E57Writing
import Station
import TestSupport
import Testing

/// Files with mistakes that nobody thought of.
@Suite("Whatever is in a file, it is refused or makes sense")
struct MutationTests {
    private static let pieces = [
        "<", ">", "/>", "</vectorChild>", "<vectorChild>", "<![CDATA[", "]]>", "<!--", "-->", "&lt;", "&x;", "&#0;",
        "\"",
        "'", "=", "?>", "<?", "xmlns=\"\"", "xmlns:a='b'", " a:b='c'", "1e400", "-", "99999999999999999999", "nan",
        "\u{0}",
        "\u{feff}", "\u{202e}", "<pose>", "</pose>", "0", "{scan-1}",
    ]

    private func check(_ bytes: [UInt8]) throws {
        let bench = try Bench(bytes)
        do {
            let file = try bench.open()
            let contents = try file.contents()
            let found = E57Positions(contents)
            let used = found.positions.flatMap(\.views).map(\.image.number)
            #expect((used + found.skipped.map(\.number)).sorted() == contents.images.map(\.number))
            #expect(Set(found.positions.map(\.stationID)).count == found.positions.count)
            for view in found.positions.flatMap(\.views) {
                #expect(view.rotation.isProper(within: 1e-9))
                // A refusal is an answer.
                let bytes = try? file.read(view.picture.blob, limit: 100)
                #expect(bytes.map { $0.count <= 100 } != false)
            }
        } catch is E57Error {
            // A refusal is an answer here too.
        }
    }

    @Test(.timeLimit(.minutes(15)), arguments: UInt64(0)..<4)
    func `XML with random mistakes`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            var drawn = sample()
            let mutations = Int.random(in: 1...4, using: &random)
            let seeds = (0..<mutations).map { _ in random.next() }
            drawn.editXML = { text in
                var xml = Array(text.utf8)
                for seed in seeds {
                    var random = SeededGenerator(seed: seed)
                    Self.mutate(&xml, &random)
                }
                return String(decoding: xml, as: UTF8.self)
            }
            try check(drawn.bytes().bytes)
        }
    }

    @Test(.timeLimit(.minutes(15)), arguments: UInt64(0)..<4)
    func `any bytes anywhere, with checksums that hide it`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (good, _) = try sample().bytes()
        for _ in 0..<100 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                // Most of them where a number decides about the others.
                let range = Bool.random(using: &random) ? 8..<64 : 0..<bytes.count
                bytes[Int.random(in: range, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            E57Patch.reseal(&bytes)
            try check(bytes)
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(contentsOf: Array((pieces.randomElement(using: &random) ?? "").utf8), at: at)
        case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...40, using: &random)))
        case 2 where at < bytes.count: bytes[at] = UInt8.random(in: 1...127, using: &random)
        default: bytes.insert(contentsOf: bytes.prefix(at).suffix(Int.random(in: 1...400, using: &random)), at: at)
        }
    }
}
