import E57
import E57Writing
import Foundation
import Station
import TestSupport
import Testing

@Suite("A file that means harm is refused, and costs little")
struct HostileTests {
    private static let root = #"xmlns="http://www.astm.org/COMMIT/E57/2010-e57-v1.0">"#

    @Test(arguments: [
        #"<!DOCTYPE e57Root [<!ENTITY a "b">]>"#, #"<!DOCTYPE e57Root SYSTEM "file:///etc/passwd">"#, "<!doctype x>",
        "<!ENTITY a 'b'>",
    ])
    func `a document type is refused before it is looked at`(declaration: String) throws {
        let refusal = try Bench.refusal { $0.replacing("<e57Root", with: declaration + "<e57Root") }
        #expect(refusal?.description.contains("document type") == true)
    }

    @Test func `a bomb of entities is refused`() throws {
        let levels = (1...9).map { "<!ENTITY l\($0) \"\(String(repeating: "&l\($0 - 1);", count: 10))\">" }.joined()
        let refusal = try Bench.refusal {
            $0.replacing("<e57Root", with: "<!DOCTYPE a [<!ENTITY l0 \"ha\">\(levels)]><e57Root")
                .replacing("look", with: "]]>&l9;<![CDATA[")
        }
        #expect(refusal?.kind == .damaged)
        // Without a declaration there is nothing to expand.
        #expect(try Bench.refusal { $0.replacing("look", with: "]]>&l9;<![CDATA[") }?.kind == .damaged)
    }

    @Test(arguments: [65, 1_000_000]) func `deep nesting is refused at the limit`(depth: Int) throws {
        let refusal = try Bench.refusal {
            $0.replacing(Self.root, with: Self.root + String(repeating: "<a>", count: depth))
        }
        #expect(refusal?.description.contains("nested deeper") == true)
    }

    @Test func `more images or scans than the limit are refused`() throws {
        for section in ["images2D", "data3D"] {
            let many = String(repeating: "<vectorChild/>", count: 10_000)
            let refusal = try Bench.refusal {
                $0.replacing(
                    "<\(section) type=\"Vector\" allowHeterogeneousChildren=\"1\">",
                    with: "<\(section)>\(many)"
                )
            }
            #expect(refusal?.kind == .tooLarge)
            #expect(refusal?.description.contains("10000") == true)
        }
    }

    @Test func `a tag without end, and one with endless attributes, are refused before libxml2 compares them`() throws {
        let attributes = (0..<65).map { " a\($0)=''" }.joined()
        for tag in [
            "<a \(attributes)/>", "<a b='\(String(repeating: "=>", count: 40_000))'/>",
            "<!--\(String(repeating: "-x", count: 600_000))-->",
        ] {
            #expect(try Bench.refusal { $0.replacing(Self.root, with: Self.root + tag) }?.kind == .tooLarge)
        }
        let allowed = "<a \((0..<60).map { " a\($0)='>'" }.joined())/>"
        #expect(try Bench.refusal { $0.replacing(Self.root, with: Self.root + allowed) } == nil)
    }

    @Test func `lists that stand twice, other roots and other encodings are refused`() throws {
        let edits: [@Sendable (String) -> String] = [
            { $0.replacing("<images2D", with: "<images2D/><images2D") },
            { $0.replacing("e57Root", with: "root") },
            { $0.replacing("2010-e57-v1.0", with: "2099-e57-v9.0") },
            { _ in "" },
            { _ in " \n" },
            { _ in "<?xml version=\"1.0\"?>" },
            { $0 + "<e57Root/>" },
            { String($0.dropLast(12)) },
            { $0.replacing("look", with: "\u{0}") },
            { $0.replacing("look", with: "\u{1}") },
            { "x" + $0 },
            { $0.replacing("</data3D>", with: "</data2D>") },
            { $0.replacing("look", with: "]]>&nbsp;<![CDATA[") },
        ]
        for (index, edit) in edits.enumerated() {
            #expect(try Bench.refusal(of: edit)?.kind == .damaged, "\(index)")
        }
        // The declaration may say what it likes.
        let latin = try Bench(Bench.edited("UTF-8", "ISO-8859-1")).contents()
        #expect(latin.images.first?.name == "Schott & Söhne <1> ]]> 2")
    }

    @Test func `XML in two bytes a letter is refused, whatever it would mean`() throws {
        var (bytes, layout) = try sample().bytes()
        let wide = Array("\u{feff}<e57Root/>".utf16).flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        E57Patch.put(wide, at: layout.xmlOffset, in: &bytes)
        #expect(try Bench.refusal(bytes)?.description.contains("UTF-8") == true)
    }

    @Test func `XML over the limit is refused before it is read`() throws {
        let folder = try TemporaryFolder()
        var drawn = DrawnE57()
        drawn.padding = 65 << 20
        let layout = try drawn.write(to: folder.path("scan.e57"))
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: folder.path("scan.e57")))
        var head = Array(try #require(try handle.read(upToCount: 1024)))
        E57Patch.put(UInt64(48), at: 24, in: &head)
        E57Patch.put(UInt64(64 << 20) + 1, at: 32, in: &head)
        try handle.seek(toOffset: 0)
        try handle.write(contentsOf: head)
        try handle.close()
        let file = try E57File(RegularFileAt.open(folder.path, "scan.e57"))
        #expect(throws: E57Error.self) { try file.contents() }
        #expect(layout.length > 64 << 20)
    }

    @Test(arguments: 8..<48) func `a header with any impossible number is refused without a trap`(at: Int) throws {
        for value: UInt8 in [0xff, 0x80, 0x7f, 1] {
            var (bytes, _) = try sample().bytes()
            guard bytes[at] != value else { continue }
            E57Patch.put([value], at: Int64(at), in: &bytes)
            // The minor version is not looked at, and the XML may start a little later, in the middle of it.
            let refusal = try Bench.refusal(bytes)
            #expect(refusal != nil || (12..<16).contains(at), "\(at) \(value)")
        }
    }
}
