import E57
import Station
import Testing

@Suite("Stations of an E57 file have ids that differ and can be used")
struct StationIDTests {
    private func ids(_ names: [String?]) -> [String] {
        E57Positions(E57Contents(images: names.enumerated().map { Drawn.sphere($0.offset + 1, name: $0.element) }))
            .positions.map(\.stationID)
    }

    @Test func `a name that stands once is the id, and others get their number`() {
        #expect(ids(["Hall", "Yard"]) == ["Hall", "Yard"])
        #expect(ids(["Hall", "Hall", "Yard"]) == ["Hall-1", "Hall-2", "Yard"])
        #expect(ids(["Hall", "HALL"]) == ["Hall-1", "HALL-2"])
        #expect(ids([nil, "", " \n", "x"]) == ["position-1", "position-2", "position-3", "x"])
    }

    @Test func `names that look like numbered ones do not collide`() {
        for names in [
            ["Hall", "Hall", "Hall-2", "Hall-1"], [nil, "position-1", "Position-1"], ["a", "a", "a-1", "a-1", "a-1-3"],
            [nil, "position-1", "position-1-1", "position-1-2"],
        ] as [[String?]] {
            let ids = ids(names)
            #expect(Set(ids.map { $0.lowercased() }).count == names.count, "\(ids)")
        }
    }

    @Test(arguments: [
        ("a/b", "a-b"), ("../../etc", "-..-etc"), ("..", "position-1"), (".hidden", "hidden"),
        ("a\u{0}b\tc\n", "a b c"),
        ("\u{202e}evil", "evil"), ("C:\\x", "C:-x"), ("  two   words ", "two words"), ("e\u{301}", "\u{e9}"),
        ("\u{1b}[1mred", "[1mred"), ("\u{200b}", "position-1"), ("Setup #3 (north)", "Setup #3 (north)"),
    ])
    func `whatever a name is, the id is one component of a path`(name: String, id: String) {
        let ids = ids([name])
        #expect(ids == [id])
        #expect(Array(ids[0].unicodeScalars) == Array(id.unicodeScalars))
    }

    @Test func `a name of any length is shortened, and still differs`() {
        let long = String(repeating: "ä", count: 10_000)
        let ids = ids([long, long, long + "x"])
        #expect(Set(ids).count == 3)
        #expect(ids.allSatisfy { $0.utf8.count <= 200 })
    }

    @Test func `the scan's name comes first, then what the images' names have in common`() {
        let scan = E57Scan(number: 1, guid: "{s}", name: "Scan 7")
        func position(_ names: [String?], _ guid: String?) -> E57Position? {
            let images = zip(Drawn.cube(from: 1), names).map { image, name in
                var image = image
                (image.name, image.scanGUID) = (name, guid)
                return image
            }
            return E57Positions(E57Contents(images: images, scans: [scan])).positions.first
        }
        let faces = ["Hall - front", "Hall - left", "Hall - back", "Hall - right", "Hall - top", "Hall - bottom"]
        #expect(position(faces, "{s}")?.stationID == "Scan 7")
        #expect(position(faces, "{s}")?.scan == scan)
        #expect(position(faces, nil)?.stationID == "Hall")
        #expect(position(faces, "{other}")?.scan == nil)
        #expect(position(Array(repeating: "Setup 1", count: 6), nil)?.name == "Setup 1")
        let numbered = (7...12).map { "Image_0" + ($0 < 10 ? "0" : "") + "\($0)" }
        #expect(position(numbered, nil)?.stationID == "Image")
        #expect(position(faces.map { "Hall 12" + $0.dropFirst(4) }, nil)?.stationID == "Hall 12")
        #expect(position(["front", "left", "back", "right", "top", "bottom"], nil)?.stationID == "position-1")
    }

    @Test func `a guid of two scans names neither`() {
        var image = Drawn.sphere(1, name: "x")
        image.scanGUID = "{s}"
        let scans = (1...2).map { E57Scan(number: $0, guid: "{s}", name: "scan \($0)") }
        #expect(E57Positions(E57Contents(images: [image], scans: scans)).positions.first?.stationID == "x")
    }
}
