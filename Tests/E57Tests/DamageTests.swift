import DropFolder
import E57
import E57Writing
import Station
import TestSupport
import Testing

enum RegularFileAt {
    static func open(_ folder: String, _ name: String) throws -> RegularFile {
        try RegularFile(at: ItemPath(inbox: folder, path: name))
    }
}

@Suite("Damage is found where it is read")
struct DamageTests {
    @Test func `a wrong bit in a page of the XML is found, and its page named`() throws {
        var (bytes, layout) = try sample().bytes()
        let at = Int(layout.xmlOffset) + 5
        bytes[at] ^= 1
        let refusal = try Bench.refusal(bytes)
        #expect(refusal?.kind == .damaged)
        #expect(refusal?.description.contains("page \(at / 1024) of \(bytes.count / 1024)") == true)
    }

    @Test func `a wrong bit in a picture's page is found when that page is read, and not before`() throws {
        var (bytes, layout) = try sample().bytes()
        let blob = layout.pictures[0][0]
        // Some pages into the picture.
        bytes[Int(blob.fileOffset) + 3000] ^= 0x10
        let bench = try Bench(bytes)
        #expect(try bench.contents().images.count == 2)
        let file = try bench.open()
        #expect(try file.read(blob, limit: 1000).count == 1000)
        #expect(throws: E57Error.self) { try file.read(blob, limit: 5000) }
    }

    @Test func `a checksum that is wrong itself is found`() throws {
        var (bytes, layout) = try sample().bytes()
        bytes[Int(layout.xmlOffset) / 1024 * 1024 + 1023] ^= 1
        #expect(try Bench.refusal(bytes)?.kind == .damaged)
    }

    @Test func `what is not the section of a blob is refused`() throws {
        let (good, layout) = try sample().bytes()
        let blob = layout.pictures[0][0]
        let offset = Int64(blob.fileOffset)
        for (at, number) in [(offset, UInt64(1)), (offset + 8, 4999), (offset + 8, 0)] {
            var bytes = good
            E57Patch.put(number, at: at, in: &bytes)
            let file = try Bench(bytes).open()
            #expect(throws: E57Error.self) { try file.read(blob, limit: 10) }
        }
        let file = try Bench(good).open()
        // In the middle of a picture, in a checksum, at the very end, and beyond.
        for wrong in [offset + 900, 1021, Int64(good.count) - 20, Int64(good.count), .max] {
            #expect(throws: E57Error.self) { try file.read(E57Blob(fileOffset: UInt64(wrong), length: 8), limit: 8) }
        }
    }

    @Test func `a file that is cut while it is read is truncated`() throws {
        let (bytes, layout) = try sample().bytes()
        let bench = try Bench(bytes)
        let file = try bench.open()
        try bench.folder.write(bytes.prefix(2048), to: "scan.e57")
        #expect { try file.read(layout.pictures[0][0], limit: 5000) } throws: { ($0 as? E57Error)?.kind == .truncated }
        #expect { try file.contents() } throws: { ($0 as? E57Error)?.kind == .truncated }
    }

    @Test func `a file cut at any page says so`() throws {
        let (bytes, _) = try sample().bytes()
        for length in stride(from: 0, to: bytes.count, by: 512) {
            #expect(try Bench.refusal(Array(bytes.prefix(length)))?.kind == .truncated || length < 8)
        }
        #expect(try Bench.refusal(bytes + [0])?.kind == .length)
    }
}
