/// Takes the elements of an E57 file's XML as they come, and keeps what is wanted of `images2D` and `data3D`.
///
/// A value of bounded size: an entry is read as soon as it is complete, and elements of other namespaces are left out with all that is in them.
struct EntryCollector {
    private enum Section: String { case images2D, data3D }

    private(set) var contents = E57Contents()
    private let header: E57Header
    private var depth = 0
    /// The depth of the element that is left out; nil outside of one.
    private var ignoredSince: Int?
    private var section: Section?
    private var seen: Set<Section> = []
    private var count = 0
    /// The entry and the elements that are open in it.
    private var open: [XMLElement] = []
    private var room = 0

    /// What an entry may take: elements, and bytes of their texts.
    private static let (elementCost, roomOfEntry) = (256, 256 << 10)
    private static let wanted: [Section: Set<String>] = [
        .images2D: [
            "guid", "name", "associatedData3DGuid", "sensorVendor", "sensorModel", "sensorSerialNumber",
            "acquisitionDateTime", "pose", "visualReferenceRepresentation", "pinholeRepresentation",
            "sphericalRepresentation", "cylindricalRepresentation",
        ],
        .data3D: ["guid", "name", "pose", "acquisitionStart"],
    ]

    init(_ header: E57Header) { self.header = header }

    /// - Parameters:
    ///   - name: Nil for an element of another namespace.
    ///   - attributes: Called only where they are wanted.
    mutating func start(_ name: String?, attributes: () -> [String: String]) throws(E57Error) {
        depth += 1
        guard depth <= E57File.Limit.depth else {
            throw E57Error(
                .tooLarge,
                "The file's description (XML) is nested deeper than drop360 allows. Export the file again."
            )
        }
        guard ignoredSince == nil else { return }
        guard let name else {
            ignoredSince = depth
            if depth == 1 { throw Self.foreign }
            return
        }
        switch depth {
        case 1: if name != "e57Root" { throw Self.foreign }
        case 2: try startSection(name)
        case 3: try startEntry(name)
        default:
            guard let section, depth > 4 || Self.wanted[section]?.contains(name) == true else {
                ignoredSince = depth
                return
            }
            var element = XMLElement(name)
            element.attributes = attributes()
            room -= Self.elementCost + element.attributes.values.reduce(0) { $0 + $1.utf8.count }
            // The entry is a fault by then.
            if room < 0 { ignoredSince = depth } else { open.append(element) }
        }
    }

    mutating func add(_ text: UnsafeBufferPointer<UInt8>) {
        guard ignoredSince == nil, depth > 3, !open.isEmpty, room >= 0 else { return }
        room -= text.count
        if room >= 0 { open[open.count - 1].text += text }
    }

    mutating func end() {
        depth -= 1
        if let since = ignoredSince {
            if depth < since { ignoredSince = nil }
            return
        }
        switch depth {
        case 0: break
        case 1: section = nil
        case 2: endEntry()
        default:
            if let element = open.popLast() { open[open.count - 1].children.append(element) }
        }
    }

    private mutating func startSection(_ name: String) throws(E57Error) {
        guard let section = Section(rawValue: name) else {
            ignoredSince = depth
            return
        }
        guard seen.insert(section).inserted else {
            throw E57Error(
                .damaged,
                "The file's description (XML) has `\(section.rawValue)` twice. Export the file again."
            )
        }
        (self.section, count) = (section, 0)
    }

    private mutating func startEntry(_ name: String) throws(E57Error) {
        count += 1
        let limit = section == .images2D ? E57File.Limit.images : E57File.Limit.scans
        guard count <= limit else {
            throw E57Error(
                .tooLarge,
                "The file has more than \(limit) \(section == .images2D ? "images" : "scans"), which is drop360's limit. Export fewer in one file."
            )
        }
        (open, room) = ([XMLElement(name)], Self.roomOfEntry)
    }

    private mutating func endEntry() {
        guard let entry = open.popLast(), let section else { return }
        if room < 0 {
            let error = E57Error(.tooLarge, "Its description is larger than drop360 allows. Export the file again.")
            switch section {
            case .images2D: contents.faults.append(.init(number: count, error: error))
            case .data3D:
                contents.scans.append(E57Scan(number: count))
                contents.notes.append("Scan \(count): \(error)")
            }
            return
        }
        switch section {
        case .data3D: contents.scans.append(entry.scan(count, notes: &contents.notes))
        case .images2D:
            do throws(E57Error) {
                contents.images.append(try entry.image(count, in: header))
            } catch {
                // For its name alone: where there are two of them, the fault has none.
                let name = entry.children.first { $0.name == "name" }.map { String(decoding: $0.text, as: UTF8.self) }
                contents.faults.append(.init(number: count, name: name, error: error))
            }
        }
    }

    private static let foreign = E57Error(
        .damaged,
        "The file's description (XML) does not begin with `e57Root`. Export the file again."
    )
}
