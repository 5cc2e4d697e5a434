import E57
import Foundation
import Station
import Testing

@Suite("Which images make positions")
struct PositionTests {
    @Test func `a full sphere is a position, and what is not is skipped with the reason`() {
        let quarter = E57Projection.spherical(pixelWidth: .pi / 200, pixelHeight: .pi / 100)
        let contents = E57Contents(
            images: [
                Drawn.sphere(1, name: "Hall"),
                Drawn.image(2, quarter, 200, 100, name: "part"),
                Drawn.image(3, .cylindrical, 200, 100),
                Drawn.image(4, .none, 200, 100),
                Drawn.pinhole(5, .identity),
            ]
        )
        let found = E57Positions(contents)
        #expect(found.positions.map(\.stationID) == ["Hall"])
        #expect(found.positions.first?.pictures == .sphere(Drawn.view(contents.images[0])))
        #expect(found.skipped.map(\.number) == [2, 3, 4, 5])
        for (skipped, words) in zip(found.skipped, ["180.0° by 180.0°", "cylindrical", "to look at", "single photo"]) {
            #expect(skipped.reason.contains(words), "\(skipped)")
        }
    }

    @Test(arguments: [(0, true), (1, true), (2, false), (-1, true), (-2, false)])
    func `a sphere may be wrong by one pixel`(pixels: Int, isWhole: Bool) {
        let projection = E57Projection.spherical(pixelWidth: 2 * .pi / 400, pixelHeight: .pi / 200)
        for (width, height) in [(400 + pixels, 200), (400, 200 + pixels)] {
            let found = E57Positions(E57Contents(images: [Drawn.image(1, projection, width, height)]))
            #expect(found.positions.count == (isWhole ? 1 : 0), "\(width) × \(height)")
        }
    }

    @Test func `the best picture of an image is taken`() {
        var image = Drawn.sphere(1)
        image.representations.insert(contentsOf: Drawn.pinhole(1, .identity).representations, at: 0)
        #expect(E57Positions(E57Contents(images: [image])).positions.count == 1)
    }

    @Test func `six pinhole pictures of one place are a position, in any order and however they are turned`() {
        let turn = Rotation(quaternionW: 0.3, x: 0.8, y: -0.4, z: 0.2)
        let place = Vector3(x: 1e6, y: -3, z: 2)
        for order in [[0, 1, 2, 3, 4, 5], [5, 2, 4, 0, 3, 1]] {
            let cube = Drawn.cube(from: 1, turn: turn, at: place)
            let images = order.enumerated().map { index, face in
                var image = cube[face]
                image.number = index + 1
                image.pose?.translation.x += index % 2 == 0 ? 0.0004 : -0.0004
                return image
            }
            let found = E57Positions(E57Contents(images: images))
            #expect(found.skipped.isEmpty)
            #expect(found.positions.map { $0.views.map(\.image.number) } == [[1, 2, 3, 4, 5, 6]])
        }
    }

    @Test func `six pictures that leave a gap are no position`() {
        var images = Drawn.cube(from: 1)
        images[5].pose = images[4].pose
        let found = E57Positions(E57Contents(images: images))
        #expect(found.positions.isEmpty)
        #expect(found.skipped.count == 6)
        #expect(found.skipped.first?.reason.contains("(images 1–6) do not show everything") == true)
    }

    @Test func `wide pictures that overlap are a position as well, and narrow ones are not`() {
        for (factor, isWhole) in [(0.8, true), (1.0, true), (1.05, false)] {
            let images = Drawn.cube(from: 1).map { Drawn.zoomed($0, factor) }
            #expect(E57Positions(E57Contents(images: images)).positions.count == (isWhole ? 1 : 0), "\(factor)")
        }
    }

    @Test func `two cubes of one place are two positions, with a photograph of another camera skipped`() {
        let second = Drawn.cube(from: 7, turn: Rotation(quaternionW: 0.9, x: 0, y: 0, z: 0.4))
        let extra = Drawn.zoomed(Drawn.pinhole(13, .identity), 3)
        let found = E57Positions(E57Contents(images: Drawn.cube(from: 1) + second + [extra]))
        #expect(found.positions.map { $0.views.map(\.image.number) } == [[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]])
        #expect(found.skipped.map(\.number) == [13])
        #expect(found.skipped.first?.reason.contains("does not belong to one itself") == true)
    }

    @Test func `a photograph beside many cubes is said to be at the place of the first`() {
        let cubes = (0..<8).map { index in
            Drawn.cube(from: 1 + index * 6).map { Drawn.zoomed($0, 0.9 + Double(index) / 100) }
        }
        let found = E57Positions(E57Contents(images: cubes.flatMap(\.self) + [Drawn.pinhole(49, .identity)]))
        #expect(found.positions.count == 8)
        #expect(found.skipped.map(\.number) == [49])
        #expect(found.skipped.first?.reason.contains("(images 1–6)") == true)
    }

    @Test func `seven pictures of one camera are not tried out`() {
        let images = Drawn.cube(from: 1) + [Drawn.pinhole(7, .identity)]
        let found = E57Positions(E57Contents(images: images))
        #expect(found.positions.isEmpty)
        #expect(found.skipped.count == 7)
    }

    @Test func `cubes of different scans or places do not mix`() {
        var images = Drawn.cube(from: 1) + Drawn.cube(from: 7)
        for index in images.indices { images[index].scanGUID = "\(index % 2)" }
        #expect(E57Positions(E57Contents(images: images)).positions.isEmpty)
        let apart = Drawn.cube(from: 1) + Drawn.cube(from: 7, at: Vector3(x: 0.01, y: 0, z: 0))
        #expect(E57Positions(E57Contents(images: apart)).positions.count == 2)
    }

    @Test func `a sphere beside the cube of its scan is skipped, and one elsewhere is not`() {
        var images = Drawn.cube(from: 1) + [Drawn.sphere(7), Drawn.sphere(8, at: Vector3(x: 5, y: 0, z: 0))]
        for index in images.indices { images[index].scanGUID = "{scan}" }
        let found = E57Positions(E57Contents(images: images))
        #expect(found.positions.map { $0.views[0].image.number } == [1, 8])
        #expect(found.skipped.first?.reason.contains("images 1–6") == true)
    }

    @Test func `one position may lack a pose, and several may not`() {
        var (first, second) = (Drawn.sphere(1), Drawn.sphere(2))
        first.pose = nil
        #expect(E57Positions(E57Contents(images: [first, second])).positions.count == 2)
        second.pose = nil
        let found = E57Positions(E57Contents(images: [first, second, Drawn.sphere(3)]))
        #expect(found.positions.map { $0.views[0].image.number } == [3])
        #expect(found.skipped.first?.reason.contains("has no pose, like 1 other position") == true)
    }

    @Test func `a picture without a pose whose scan has one is not taken to be at the origin`() {
        var image = Drawn.sphere(1)
        (image.pose, image.scanGUID) = (nil, "{s}")
        var scan = E57Scan(number: 1, guid: "{s}", pose: Drawn.pose(.identity, Vector3(x: 4, y: 0, z: 0)))
        #expect(E57Positions(E57Contents(images: [image], scans: [scan])).positions.isEmpty)
        scan.pose = nil
        #expect(E57Positions(E57Contents(images: [image], scans: [scan])).positions.first?.scan == scan)
    }

    @Test func `ten thousand photographs are sorted in no time`() {
        let images = (1...10_000).map {
            Drawn.pinhole($0, .identity, at: Vector3(x: Double($0 % 97), y: Double($0), z: 0))
        }
        #expect(E57Positions(E57Contents(images: images)).skipped.count == 10_000)
    }
}

/// Images that only exist as values.
enum Drawn {
    static func pose(_ rotation: Rotation, _ place: Vector3) -> E57Pose {
        E57Pose(rotation: rotation, translation: place)
    }

    static func image(_ number: Int, _ projection: E57Projection, _ width: Int, _ height: Int, name: String? = nil)
        -> E57Image
    {
        E57Image(
            number: number,
            name: name,
            pose: pose(.identity, Vector3(x: Double(number) * 10, y: 0, z: 0)),
            representations: [
                E57Representation(
                    projection,
                    E57Picture(
                        format: .jpeg,
                        width: width,
                        height: height,
                        blob: E57Blob(fileOffset: UInt64(number) * 4096, length: 100)
                    )
                )
            ]
        )
    }

    static func view(_ image: E57Image) -> E57View {
        let representation = image.representations[0]
        return E57View(image: image, projection: representation.projection, picture: representation.picture)
    }

    static func sphere(_ number: Int, name: String? = nil, at place: Vector3 = Vector3(x: 0, y: 0, z: 0)) -> E57Image {
        var result = image(number, .spherical(pixelWidth: 2 * .pi / 400, pixelHeight: .pi / 200), 400, 200, name: name)
        result.pose = pose(.identity, place)
        return result
    }

    static func pinhole(_ number: Int, _ rotation: Rotation, at place: Vector3 = Vector3(x: 0, y: 0, z: 0)) -> E57Image
    {
        let projection = E57Projection.pinhole(
            focalLength: 0.5,
            pixelWidth: 0.01,
            pixelHeight: 0.01,
            principalPointX: 50,
            principalPointY: 50
        )
        var result = image(number, projection, 100, 100)
        result.pose = pose(rotation, place)
        return result
    }

    /// With `factor` times the focal length.
    static func zoomed(_ image: E57Image, _ factor: Double) -> E57Image {
        var result = image
        result.representations[0].projection = .pinhole(
            focalLength: 0.5 * factor,
            pixelWidth: 0.01,
            pixelHeight: 0.01,
            principalPointX: 50,
            principalPointY: 50
        )
        return result
    }

    /// Six cameras that look along the axes of a turned frame.
    static func cube(
        from number: Int,
        turn: Rotation = .identity,
        at place: Vector3 = Vector3(x: 0, y: 0, z: 0)
    ) -> [E57Image] {
        let half = 0.5.squareRoot()
        let rotations = [
            Rotation.identity, Rotation(quaternionW: 0, x: 1, y: 0, z: 0),
            Rotation(quaternionW: half, x: half, y: 0, z: 0),
            Rotation(quaternionW: half, x: -half, y: 0, z: 0), Rotation(quaternionW: half, x: 0, y: half, z: 0),
            Rotation(quaternionW: half, x: 0, y: -half, z: 0),
        ]
        return rotations.enumerated().map { pinhole(number + $0.offset, turn * $0.element, at: place) }
    }
}
