import Station

/// Which of a file's images make positions, and why the others do not.
///
/// A pure function of the contents: the same file gives the same positions under the same ids.
package struct E57Positions: Equatable, Sendable {
    package private(set) var positions: [E57Position] = []
    /// In the file's order.
    package private(set) var skipped: [Skipped] = []

    /// An image of which nothing is made.
    package struct Skipped: Equatable, Sendable {
        /// As ``E57Image/number``.
        package var number: Int
        package var name: String?
        /// Whole sentences, for the crew.
        package var reason: String

        package init(number: Int, name: String?, reason: String) {
            (self.number, self.name, self.reason) = (number, name, reason)
        }
    }

    package init(_ contents: E57Contents) {
        var (spheres, pinholes): ([E57View], [E57View]) = ([], [])
        for image in contents.images {
            switch Self.use(of: image) {
            case .sphere(let view): spheres.append(view)
            case .pinhole(let view): pinholes.append(view)
            case .none(let reason): skip(image, reason)
            }
        }
        let cubes = collectCubes(pinholes)
        let scans = ScanTable(contents.scans)
        var found = cubes.map { Self.candidate(.pinholes($0), scans) }
        for sphere in keep(spheres, beside: cubes) { found.append(Self.candidate(.sphere(sphere), scans)) }
        refuseUnplaced(&found)
        found.sort { $0.first < $1.first }
        let ids = StationIDs.make(found.map(\.name))
        positions = zip(found, ids).enumerated().map { index, pair in
            E57Position(
                number: index + 1,
                stationID: pair.1,
                name: pair.0.name ?? pair.1,
                scan: pair.0.scan,
                pictures: pair.0.pictures
            )
        }
        skipped.sort { $0.number < $1.number }
    }

    /// A position that has no number yet.
    struct Candidate {
        var pictures: E57Position.Pictures
        var views: [E57View]
        var scan: E57Scan?
        var name: String?
        /// The number of its first image.
        var first: Int { views.map(\.image.number).min() ?? 0 }
    }

    private static func candidate(_ pictures: E57Position.Pictures, _ scans: ScanTable) -> Candidate {
        let views =
            switch pictures {
            case .sphere(let view): [view]
            case .pinholes(let views): views
            }
        let scan = views.first.flatMap { scans.scan(of: $0.image) }
        let name = StationIDs.oneLine(scan?.name) ?? StationIDs.common(views.map(\.image.name))
        return Candidate(pictures: pictures, views: views, scan: scan, name: name)
    }

    mutating func skip(_ image: E57Image, _ reason: String) {
        skipped.append(Skipped(number: image.number, name: image.name, reason: reason))
    }

    /// Takes spheres out that show the same place of the same scan as a cube.
    private mutating func keep(_ spheres: [E57View], beside cubes: [[E57View]]) -> [E57View] {
        var byScan: [String: [[E57View]]] = [:]
        for cube in cubes {
            if let guid = cube.first?.image.scanGUID { byScan[guid, default: []].append(cube) }
        }
        return spheres.filter { sphere in
            let cube = sphere.image.scanGUID.flatMap { byScan[$0] }?.first { cube in
                cube.contains { $0.place.distance(to: sphere.place) <= PlaceGroups.tolerance }
            }
            guard let cube else { return true }
            skip(
                sphere.image,
                "It shows the same place of the same scan as \(Self.words(cube)), which are delivered in its place."
            )
            return false
        }
    }

    /// Without a pose a picture is at the origin, where only one position can be.
    private mutating func refuseUnplaced(_ found: inout [Candidate]) {
        func lacksPose(_ candidate: Candidate) -> Bool { candidate.views.allSatisfy { $0.image.pose == nil } }
        let unplaced = found.count { lacksPose($0) }
        found.removeAll { candidate in
            guard lacksPose(candidate) else { return false }
            let reason: String
            if unplaced > 1 {
                reason =
                    "It has no pose, like \(unplaced - 1) other \(unplaced == 2 ? "position" : "positions") of the file, and only one can be at the "
                    + "origin. Export the file with poses."
            } else if let pose = candidate.scan?.pose, pose != E57Pose(rotation: .identity, translation: .zero) {
                reason = "It has no pose, although its scan has one. Export the file with poses of its images."
            } else {
                return false
            }
            for view in candidate.views { skip(view.image, reason) }
            return true
        }
    }

    static func words(_ views: [E57View]) -> String {
        let numbers = views.map(\.image.number)
        guard let first = numbers.first, let last = numbers.last, last - first == numbers.count - 1, last > first else {
            return (numbers.count == 1 ? "image " : "images ") + numbers.map(String.init).joined(separator: ", ")
        }
        return "images \(first)–\(last)"
    }
}

/// The file's scans by guid; a guid of two scans names neither.
struct ScanTable {
    private var byGUID: [String: E57Scan?] = [:]

    init(_ scans: [E57Scan]) {
        for scan in scans {
            guard let guid = scan.guid else { continue }
            byGUID[guid] = .some(byGUID[guid] == nil ? scan : nil)
        }
    }

    func scan(of image: E57Image) -> E57Scan? { image.scanGUID.flatMap { byGUID[$0] ?? nil } }
}

extension Vector3 {
    fileprivate static let zero = Vector3(x: 0, y: 0, z: 0)
}
