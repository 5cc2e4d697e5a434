import E57
import Station

/// The XML of a file, spelled as libE57 spells it.
struct XMLText {
    private(set) var text = ""

    init(_ file: DrawnE57, _ layout: DrawnE57.Layout) {
        text = #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n"
        text += #"<e57Root type="Structure" xmlns="http://www.astm.org/COMMIT/E57/2010-e57-v1.0">"# + "\n"
        string("formatName", "ASTM E57 3D Imaging Data File")
        string("guid", file.guid)
        integer("versionMajor", 1)
        integer("versionMinor", 0)
        string("e57LibraryVersion", "drop360")
        string("coordinateMetadata", "")
        if !file.leavesOutScans {
            vector("data3D") { xml in
                for (scan, section) in zip(file.scans, layout.points) { xml.scan(scan, section) }
            }
        }
        if !file.leavesOutImages {
            vector("images2D") { xml in
                for (number, image) in file.images.enumerated() {
                    xml.image(image, layout.pictures[number], layout.masks[number])
                }
            }
        }
        text += "</e57Root>\n"
    }

    private mutating func scan(_ scan: DrawnE57.Scan, _ section: Int64) {
        structure("vectorChild") { xml in
            xml.string("guid", scan.guid)
            xml.string("name", scan.name)
            xml.pose(scan.pose)
            xml.time("acquisitionStart", scan.acquired)
            xml.text +=
                #"<points type="CompressedVector" fileOffset="\#(section)" recordCount="\#(scan.points.count)">"# + "\n"
            xml.structure("prototype") { xml in
                for axis in "XYZ" { xml.text += #"<cartesian\#(axis) type="Float" precision="double"/>"# + "\n" }
            }
            xml.vector("codecs") { _ in }
            xml.text += "</points>\n"
        }
    }

    private mutating func image(_ image: DrawnE57.Image, _ pictures: [E57Blob], _ masks: [E57Blob?]) {
        structure("vectorChild") { xml in
            xml.string("guid", image.guid)
            xml.string("name", image.name)
            xml.string("associatedData3DGuid", image.scanGUID)
            xml.string("sensorVendor", image.sensor.vendor)
            xml.string("sensorModel", image.sensor.model)
            xml.string("sensorSerialNumber", image.sensor.serialNumber)
            xml.time("acquisitionDateTime", image.acquired)
            xml.pose(image.pose)
            for (number, representation) in image.representations.enumerated() {
                xml.representation(representation, pictures[number], masks[number])
            }
        }
    }

    private mutating func representation(_ drawn: DrawnE57.Representation, _ picture: E57Blob, _ mask: E57Blob?) {
        let name =
            switch drawn.projection {
            case .none: "visualReferenceRepresentation"
            case .pinhole: "pinholeRepresentation"
            case .spherical: "sphericalRepresentation"
            case .cylindrical: "cylindricalRepresentation"
            }
        structure(name) { xml in
            xml.blob(drawn.format == .jpeg ? "jpegImage" : "pngImage", picture)
            if let mask { xml.blob("imageMask", mask) }
            xml.integer("imageWidth", drawn.width)
            xml.integer("imageHeight", drawn.height)
            let numbers: [(String, Double)] =
                switch drawn.projection {
                case .none: []
                case .pinhole(let focalLength, let pixelWidth, let pixelHeight, let x, let y):
                    [
                        ("focalLength", focalLength), ("pixelWidth", pixelWidth), ("pixelHeight", pixelHeight),
                        ("principalPointX", x), ("principalPointY", y),
                    ]
                case .spherical(let pixelWidth, let pixelHeight):
                    [("pixelWidth", pixelWidth), ("pixelHeight", pixelHeight)]
                case .cylindrical:
                    [("pixelWidth", 0.001), ("pixelHeight", 0.001), ("radius", 1), ("principalPointY", 0)]
                }
            for (name, value) in numbers { xml.float(name, value) }
        }
    }

    private mutating func pose(_ pose: E57Pose?) {
        guard let pose else { return }
        let (w, x, y, z) = quaternion(pose.rotation)
        structure("pose") { xml in
            xml.structure("rotation") { xml in
                for (name, value) in [("w", w), ("x", x), ("y", y), ("z", z)] { xml.float(name, value) }
            }
            xml.structure("translation") { xml in
                xml.float("x", pose.translation.x)
                xml.float("y", pose.translation.y)
                xml.float("z", pose.translation.z)
            }
        }
    }

    private mutating func time(_ name: String, _ time: E57Time?) {
        guard let time else { return }
        structure(name) { xml in
            xml.float("dateTimeValue", GPSTime.seconds(time.date))
            xml.integer("isAtomicClockReferenced", time.isAtomicClockReferenced ? 1 : 0)
        }
    }

    private mutating func structure(_ name: String, _ body: (inout XMLText) -> Void) {
        text += #"<\#(name) type="Structure">"# + "\n"
        body(&self)
        text += "</\(name)>\n"
    }

    private mutating func vector(_ name: String, _ body: (inout XMLText) -> Void) {
        text += #"<\#(name) type="Vector" allowHeterogeneousChildren="1">"# + "\n"
        body(&self)
        text += "</\(name)>\n"
    }

    private mutating func string(_ name: String, _ value: String?) {
        guard let value else { return }
        let inside = value.split(separator: "]]>", omittingEmptySubsequences: false)
            .joined(separator: "]]]]><![CDATA[>")
        text += #"<\#(name) type="String"><![CDATA[\#(inside)]]></\#(name)>"# + "\n"
    }

    /// Zero is written as nothing, as libE57 does.
    private mutating func integer(_ name: String, _ value: Int) {
        text +=
            value == 0
            ? #"<\#(name) type="Integer"/>"# + "\n" : #"<\#(name) type="Integer">\#(value)</\#(name)>"# + "\n"
    }

    private mutating func float(_ name: String, _ value: Double) {
        text +=
            value == 0 ? #"<\#(name) type="Float"/>"# + "\n" : #"<\#(name) type="Float">\#(value)</\#(name)>"# + "\n"
    }

    private mutating func blob(_ name: String, _ blob: E57Blob) {
        text += #"<\#(name) type="Blob" fileOffset="\#(blob.fileOffset)" length="\#(blob.length)"/>"# + "\n"
    }

    private init() {}
}

/// The unit quaternion of a rotation, by its largest component, so that it is exact everywhere.
private func quaternion(_ rotation: Rotation) -> (w: Double, x: Double, y: Double, z: Double) {
    let m = rotation.m
    let squares = [
        1 + m[0][0] + m[1][1] + m[2][2], 1 + m[0][0] - m[1][1] - m[2][2], 1 - m[0][0] + m[1][1] - m[2][2],
        1 - m[0][0] - m[1][1] + m[2][2],
    ]
    let largest = squares.indices.max { squares[$0] < squares[$1] } ?? 0
    let s = 2 * squares[largest].squareRoot()
    let (a, b, c) = (m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1])
    let (d, e, f) = (m[0][1] + m[1][0], m[0][2] + m[2][0], m[1][2] + m[2][1])
    return switch largest {
    case 0: (s / 4, a / s, b / s, c / s)
    case 1: (a / s, s / 4, d / s, e / s)
    case 2: (b / s, d / s, s / 4, f / s)
    default: (c / s, e / s, f / s, s / 4)
    }
}
