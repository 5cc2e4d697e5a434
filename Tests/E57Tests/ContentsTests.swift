import E57
import E57Writing
import Foundation
import Station
import Testing

@Suite("What an E57 file says of its images and scans")
struct ContentsTests {
    @Test func `what was written is read`() throws {
        let drawn = sample()
        let bench = try Bench(drawn)
        let contents = try bench.contents()
        #expect(contents.faults.isEmpty)
        #expect(contents.notes.isEmpty)
        let scan = try #require(contents.scans.first)
        #expect((scan.number, scan.guid, scan.name) == (1, "{scan-1}", "Hall"))
        #expect(scan.acquired == drawn.scans[0].acquired)
        let image = try #require(contents.images.first)
        #expect((image.number, image.guid, image.scanGUID) == (1, "{image-1}", "{scan-1}"))
        #expect(image.name == "Schott & Söhne <1> ]]> 2")
        #expect(image.acquired == drawn.images[0].acquired)
        let (read, written) = (try #require(image.pose), try #require(drawn.images[0].pose))
        #expect(read.translation == written.translation)
        #expect(read.rotation.angle(to: written.rotation) < 1e-12)
        #expect(image.representations.first?.projection == drawn.images[0].representations[0].projection)
        #expect(contents.images.map(\.name) == [drawn.images[0].name, "look"])
        #expect(contents.images[1].guid == nil)
        #expect(contents.images[1].pose == nil)
    }

    @Test func `a picture is read whole, or a part of it, and never more than was asked for`() throws {
        let drawn = sample()
        let bench = try Bench(drawn)
        let picture = try drawn.images[0].representations[0].picture()
        let found = try #require(bench.contents().images[0].representations.first?.picture)
        let file = try bench.open()
        #expect(try file.read(found.blob, limit: 1 << 20) == picture)
        #expect(try file.read(found.blob, limit: 1021) == Array(picture.prefix(1021)))
        #expect(try file.read(found.blob, from: 1000, limit: 2000) == Array(picture[1000..<3000]))
        #expect(try file.read(found.blob, from: 4990, limit: 100) == Array(picture[4990...]))
        #expect(try file.read(found.blob, from: 5000, limit: 100).isEmpty)
        #expect(try file.read(found.blob, from: .max, limit: .max).isEmpty)
        #expect(try file.read(found.blob, from: -5, limit: -1).isEmpty)
    }

    @Test func `pictures of any length around the pages' borders are read`() throws {
        for length in [1, 3, 4, 955, 956, 957, 1003, 1004, 1005, 1020, 1021, 2040, 2041, 3060] {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 31) }
            let drawn = DrawnE57(images: [
                .init(.init(.spherical(pixelWidth: 1, pixelHeight: 1), width: 1, height: 1, picture: bytes))
            ])
            let bench = try Bench(drawn)
            let blob = try #require(bench.contents().images.first?.representations.first?.picture.blob)
            #expect(try bench.open().read(blob, limit: .max) == bytes)
        }
    }

    @Test(arguments: [true, false])
    func `a file without images or scans, or without their lists, has none`(leavesOut: Bool) throws {
        var drawn = DrawnE57()
        (drawn.leavesOutImages, drawn.leavesOutScans, drawn.guid) = (leavesOut, leavesOut, nil)
        #expect(try Bench(drawn).contents() == E57Contents())
    }

    @Test func `blanks, comments, other prefixes and elements of extensions change nothing`() throws {
        let plain = try Bench(sample()).contents()
        let other = try Bench(
            Bench.edited { xml in
                var xml = xml.replacing("<", with: "<e:").replacing("<e:/", with: "</e:")
                    .replacing("<e:?", with: "<?").replacing("<e:![", with: "<![").replacing("<e:1>", with: "<1>")
                xml = xml.replacing("xmlns=", with: "xmlns:x='urn:x' xmlns:e=")
                    .replacing("<e:pose ", with: "<!-- pose --><x:pose><e:name>no</e:name></x:pose>\n\t<e:pose ")
                    .replacing("<e:images2D ", with: "<x:images2D><e:vectorChild/></x:images2D><e:images2D ")
                return xml + "<!-- end -->"
            }
        ).contents()
        #expect(other == plain)
    }

    @Test func `numbers are read in every form, and no text is zero`() throws {
        let drawn = Bench.edited { xml in
            xml.replacing(
                #"<imageWidth type="Integer">64<"#,
                with: #"<imageWidth type="ScaledInteger" scale="2" offset="-6" minimum="0">35<"#
            )
            .replacing(#"<imageHeight type="Integer">32<"#, with: "<imageHeight type=\"Float\">\n +3.2E+1\t<")
            .replacing(#"<x type="Float">1.5</x>"#, with: #"<x type="Float" precision="single"></x>"#)
        }
        let image = try #require(try Bench(drawn).contents().images.first)
        #expect(image.representations.first?.picture.width == 64)
        #expect(image.representations.first?.picture.height == 32)
        #expect(image.pose?.translation == Vector3(x: 0, y: -2.25, z: 1e-7))
    }

    @Test func `a quaternion with few digits becomes an exact rotation`() throws {
        let drawn = Bench.edited(#"<w type="Float">0.5</w>"#, #"<w type="Float">0.5004</w>"#)
        let pose = try #require(try Bench(drawn).contents().images.first?.pose)
        #expect(pose.rotation.isProper(within: 1e-14))
    }
}
