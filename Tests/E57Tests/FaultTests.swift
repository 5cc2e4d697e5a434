import E57
import E57Writing
import Foundation
import Station
import Testing

@Suite("An image with a description that lies is a fault of its own")
struct FaultTests {
    private static let width = #"<imageWidth type="Integer">64</imageWidth>"#
    private static let w = #"<w type="Float">0.5</w>"#

    /// What to change in the sample's first image, and what the fault says.
    private static let lies: [(old: String, new: String, words: String)] = [
        (width, "", "lacks `imageWidth`"),
        (width, width + width, "2 elements `imageWidth`"),
        (width, #"<imageWidth type="Integer"/>"#, "must be a whole number above 0"),
        (width, #"<imageWidth type="Integer">204800000</imageWidth>"#, "is more than a picture can have"),
        (width, #"<imageWidth type="Integer">-64</imageWidth>"#, "must be a whole number"),
        (width, #"<imageWidth type="Integer">9223372036854775808</imageWidth>"#, "is more than a picture can have"),
        (width, #"<imageWidth type="Integer">1e999</imageWidth>"#, "beyond all numbers"),
        (width, #"<imageWidth type="Integer">64.5</imageWidth>"#, "must be a whole number"),
        (width, #"<imageWidth type="Integer">0x40</imageWidth>"#, "is not a number"),
        (width, #"<imageWidth type="Structure"><a/></imageWidth>"#, "is not a number"),
        (width, "<imageWidth type=\"Integer\">&#x202e;6\u{1b}[1m</imageWidth>".filter { $0 != "\u{1b}" }, "\\u{202e}"),
        ("<pixelWidth type=\"Float\">", "<pixelWidth type=\"Float\">-", "must be above 0"),
        ("<pixelHeight type=\"Float\">", "<pixelHeight type=\"Float\">nan", "is not a number"),
        ("<z type=\"Float\">1e-07", "<z type=\"Float\">inf", "is not a number"),
        (w, #"<w type="Float">nan</w>"#, "is not a number"),
        (w, #"<w type="Float">5</w>"#, "quaternion has the length"),
        (w, "", "quaternion has the length"),
        ("sphericalRepresentation", "fisheyeRepresentation", "no picture in a projection"),
        ("jpegImage", "tiffImage", "neither `jpegImage` nor `pngImage`"),
        (#" length="5000""#, "", "does not say where its `jpegImage` is"),
        (#"length="5000""#, #"length="-1""#, "does not say where"),
        (#"length="5000""#, #"length="18446744073709551615""#, "which is not in the file"),
        (#"length="5000""#, #"length="9223372036854775807""#, "which is not in the file"),
        (#"length="5000""#, #"length="20000""#, "which is not in the file"),
        (
            "<jpegImage type=\"Blob\" fileOffset=\"", "<jpegImage type=\"Blob\" fileOffset=\"9",
            "which is not in the file"
        ),
        (
            "<jpegImage type=\"Blob\" fileOffset=\"", "<jpegImage type=\"Blob\" fileOffset=\"1022\" x=\"",
            "not in the file"
        ),
        (
            "<jpegImage type=\"Blob\" fileOffset=\"", "<jpegImage type=\"Blob\" fileOffset=\"47\" x=\"",
            "not in the file"
        ),
    ]

    @Test(arguments: lies.indices) func `the fault says what is wrong, and the other image is there`(index: Int) throws
    {
        let lie = Self.lies[index]
        // Only the image's own pose: it comes after the scan's.
        let drawn = Bench.edited { xml in
            guard let start = xml.range(of: "<images2D") else { return xml }
            let images = xml[start.lowerBound...]
            return String(xml[..<start.lowerBound]) + images.replacing(lie.old, with: lie.new)
        }
        let contents = try Bench(drawn).contents()
        try #require(contents.faults.count == 1, "\(lie)")
        #expect(contents.faults[0].number == 1)
        #expect(contents.faults[0].name == "Schott & Söhne <1> ]]> 2")
        #expect(contents.faults[0].error.kind == .damaged)
        #expect(contents.faults[0].error.description.contains(lie.words), "\(contents.faults[0].error)")
        #expect(contents.images.map(\.name) == ["look"])
        #expect(contents.scans.first?.pose != nil)
    }

    @Test func `a scan with a bad pose keeps its name, with a note`() throws {
        let drawn = Bench.edited { xml in
            guard let end = xml.range(of: "<images2D") else { return xml }
            return xml[..<end.lowerBound].replacing(Self.w, with: "<w type=\"Float\">7</w>")
                + String(xml[end.lowerBound...])
        }
        let contents = try Bench(drawn).contents()
        #expect(contents.scans.first?.name == "Hall")
        #expect(contents.scans.first?.pose == nil)
        #expect(contents.notes.count == 1)
        #expect(contents.images.count == 2)
    }

    @Test func `a mask that lies does no harm, since no mask is used`() throws {
        let drawn = Bench.edited {
            $0.replacing("<imageMask type=\"Blob\" fileOffset=\"", with: "<imageMask type=\"Blob\" fileOffset=\"9")
        }
        let contents = try Bench(drawn).contents()
        #expect(contents.faults.isEmpty && contents.images.count == 2)
    }

    @Test func `a bad picture to look at does not spoil the panorama of its image`() throws {
        let drawn = Bench.edited(
            "<sphericalRepresentation ",
            #"<visualReferenceRepresentation type="Structure"/><sphericalRepresentation "#
        )
        let contents = try Bench(drawn).contents()
        #expect(contents.faults.isEmpty)
        #expect(contents.images.first?.representations.count == 1)
    }

    @Test func `an entry with a description without end is a fault, and its memory is given up`() throws {
        let long = String(repeating: "x", count: 300_000)
        let drawn = Bench.edited(#"<name type="String"><![CDATA[look]]></name>"#, "<name>\(long)</name>")
        let contents = try Bench(drawn).contents()
        #expect(contents.faults.map(\.number) == [2])
        #expect(contents.faults.first?.error.kind == .tooLarge)
        #expect(contents.images.map(\.number) == [1])
        let many = Bench.edited(
            "<sphericalRepresentation ",
            "<pinholeRepresentation>\(String(repeating: "<a/>", count: 2000))</pinholeRepresentation><sphericalRepresentation "
        )
        #expect(try Bench(many).contents().faults.map(\.number) == [1])
    }

    @Test func `images that share a picture's bytes are one image, and faults`() throws {
        let picture = [UInt8](repeating: 7, count: 4000)
        let sphere = E57Projection.spherical(pixelWidth: 0.1, pixelHeight: 0.1)
        var drawn = DrawnE57(
            images: (1...3).map {
                .init(name: "\($0)", .init(sphere, width: $0, height: 1, picture: picture))
            }
        )
        let offsets = try drawn.bytes().layout.pictures.map { $0[0].fileOffset }
        // The third one claims the first one's bytes.
        drawn.editXML = { $0.replacing("fileOffset=\"\(offsets[2])\"", with: "fileOffset=\"\(offsets[0])\"") }
        var contents = try Bench(drawn).contents()
        #expect(contents.images.map(\.number) == [1, 2])
        #expect(contents.faults.first?.error.description.contains("shares bytes with that of image 1") == true)
        // The first one claims everything.
        drawn.editXML = {
            $0.replacing("fileOffset=\"\(offsets[0])\" length=\"4000\"", with: "fileOffset=\"48\" length=\"9000\"")
        }
        contents = try Bench(drawn).contents()
        #expect(contents.images.map(\.number) == [1])
        #expect(contents.faults.map(\.number) == [2, 3])
    }

    @Test func `a short picture within a long one of the same image does not hide what follows`() throws {
        let picture = [UInt8](repeating: 7, count: 4000)
        let sphere = E57Projection.spherical(pixelWidth: 0.1, pixelHeight: 0.1)
        let pinhole = E57Projection.pinhole(
            focalLength: 1,
            pixelWidth: 1,
            pixelHeight: 1,
            principalPointX: 0,
            principalPointY: 0
        )
        var drawn = DrawnE57(
            images: (1...2).map {
                .init(
                    name: "\($0)",
                    .init(sphere, width: $0, height: 1, picture: picture),
                    .init(pinhole, width: $0, height: 1, picture: picture)
                )
            }
        )
        let layout = try drawn.bytes().layout
        let offsets = layout.pictures.map { $0.map(\.fileOffset) }
        // The first image claims both of its own and those of the second, and then its second picture again.
        let length = UInt64(layout.xmlOffset) - 2000
        drawn.editXML = {
            $0.replacing(
                "fileOffset=\"\(offsets[0][0])\" length=\"4000\"",
                with: "fileOffset=\"48\" length=\"\(length)\""
            )
        }
        let contents = try Bench(drawn).contents()
        #expect(contents.images.map(\.number) == [1])
        #expect(contents.faults.map(\.number) == [2])
    }

    @Test func `a place beyond the Earth is a fault`() throws {
        for (metres, isFault) in [("1e8", false), ("-1.01e8", true), ("1e300", true)] {
            let image = "<images2D><vectorChild><pose><translation><z>\(metres)</z></translation></pose>"
            let picture = "<visualReferenceRepresentation/></vectorChild></images2D>"
            let xml = "<e57Root xmlns=\"http://www.astm.org/COMMIT/E57/2010-e57-v1.0\">\(image)\(picture)</e57Root>"
            let contents = try E57Contents(xml: Array(xml.utf8), fileLength: 1024)
            #expect(contents.faults.map(\.error.description).contains { $0.contains("further away") } == isFault)
        }
    }
}
