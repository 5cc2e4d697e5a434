import Foundation
package import Station

/// The legacy 360° schema, `cdf_360_image_schema` v1: which views, which properties, and what each is written as.
///
/// Names from contract A.1. The types are read from the project at start-up, since nobody outside knows them for certain.
package struct LegacyModel: Sendable {
    package static let schemaSpace = "cdf_360_image_schema"
    static let version = "v1"

    static let collection = ViewReference(space: schemaSpace, externalId: "Image360Collection", version: version)
    static let station = ViewReference(space: schemaSpace, externalId: "Station360", version: version)
    static let image = ViewReference(space: schemaSpace, externalId: "Image360", version: version)

    /// How an image points at its collection and its station.
    package static let relations = [Relations(view: image, properties: ["collection360", "station"])]

    /// What a property is written as, and the types that take such a value.
    private enum Form {
        case text, number, time, file, relation

        var types: Set<String> {
            switch self {
            case .text: ["text"]
            case .number: ["float32", "float64"]
            // The ISO form with milliseconds and zone is right for both.
            case .time: ["timestamp", "text"]
            case .file: ["file", "text"]
            case .relation: ["direct"]
            }
        }
    }

    private static let forms: [(view: ViewReference, properties: [String: Form])] = [
        (collection, ["label": .text]),
        (station, ["label": .text]),
        (
            image,
            [
                "label": .text, "translationX": .number, "translationY": .number, "translationZ": .number,
                "eulerRotationX": .number, "eulerRotationY": .number, "eulerRotationZ": .number, "scaleX": .number,
                "scaleY": .number, "scaleZ": .number, "cubeMapFront": .file, "cubeMapBack": .file, "cubeMapLeft": .file,
                "cubeMapRight": .file, "cubeMapTop": .file, "cubeMapBottom": .file, "collection360": .relation,
                "station": .relation, "timeTaken": .time,
            ]
        ),
    ]

    /// The instance space.
    package let space: String

    package init(space: String) { self.space = space }

    package static var views: [ViewReference] { forms.map(\.view) }

    /// What of the project's views does not fit what drop360 writes; empty where all is well.
    package static func mismatches(in definitions: [ViewDefinition]) -> [String] {
        var mismatches: [String] = []
        for (view, properties) in forms {
            guard
                let definition = definitions.first(where: {
                    $0.space == view.space && $0.externalId == view.externalId && $0.version == view.version
                })
            else {
                mismatches.append("view \(view) is not there")
                continue
            }
            for (name, form) in properties.sorted(by: { $0.key < $1.key }) {
                guard let property = definition.properties[name] else {
                    mismatches.append("view \(view) has no property '\(name)'")
                    continue
                }
                let type = property.type?.type ?? "connection"
                if !form.types.contains(type) {
                    mismatches.append(
                        "property '\(name)' of view \(view) is of type \(type), not \(form.types.sorted().joined(separator: " or "))"
                    )
                }
            }
            for (name, property) in definition.properties.sorted(by: { $0.key < $1.key })
            where properties[name] == nil && property.nullable == false && property.type != nil {
                mismatches.append("view \(view) demands a property '\(name)' that drop360 does not know")
            }
        }
        return mismatches
    }

    /// The first whole characters of `text`, in so many UTF-16 units: whatever CDF counts, there are not more of it.
    private static func head(of text: String, _ units: Int) -> Substring {
        var end = text.startIndex
        while end < text.endIndex, text.utf16.distance(from: text.startIndex, to: text.index(after: end)) <= units {
            end = text.index(after: end)
        }
        return text[..<end]
    }

    private func node(_ externalID: String) -> NodeReference { NodeReference(space: space, externalId: externalID) }

    package func collectionNode(of capture: Capture) -> NodeWrite {
        NodeWrite(
            node(capture.ids.collection),
            view: Self.collection,
            properties: ["label": .string(capture.collectionLabel)]
        )
    }

    package func stationNode(of capture: Capture) -> NodeWrite {
        NodeWrite(node(capture.ids.station), view: Self.station, properties: ["label": .string(capture.label)])
    }

    /// The image itself; to be written only when all six files are confirmed and both relation targets are written.
    package func imageNode(of capture: Capture) -> NodeWrite {
        let pose = capture.pose
        var properties: [String: WireValue] = [
            "label": .string(capture.label),
            "translationX": .number(pose.translation.x), "translationY": .number(pose.translation.y),
            "translationZ": .number(pose.translation.z),
            "eulerRotationX": .number(pose.eulerRotation.x), "eulerRotationY": .number(pose.eulerRotation.y),
            "eulerRotationZ": .number(pose.eulerRotation.z),
            "scaleX": .number(capture.scale.x), "scaleY": .number(capture.scale.y), "scaleZ": .number(capture.scale.z),
            "collection360": .relation(node(capture.ids.collection)), "station": .relation(node(capture.ids.station)),
        ]
        for face in Face.allCases {
            properties["cubeMap" + face.rawValue.capitalized] = .string(capture.ids.file(face))
        }
        if let time = capture.time { properties["timeTaken"] = .string(time.wire) }
        return NodeWrite(node(capture.ids.image), view: Self.image, properties: properties)
    }

    /// What CDF is told of the file that holds `face`.
    package static func file(_ face: Face, _ image: FaceImage, of capture: Capture, dataSetID: Int64?)
        -> FileDescription
    {
        let ending = image.format == .jpeg ? "jpg" : "png"
        // Within CDF's 256 and 512 characters; a slash in a site's id must not open another directory.
        let name = "\(head(of: capture.stationID, 200))_\(face.rawValue).\(ending)"
        let directory = "/360/" + head(of: capture.siteID.replacingOccurrences(of: "/", with: "_"), 400)
        return FileDescription(
            externalId: capture.ids.file(face),
            name: name.replacingOccurrences(of: "/", with: "_"),
            mimeType: image.format.mimeType,
            directory: directory,
            dataSetId: dataSetID,
            sourceCreatedTime: capture.time?.milliseconds,
            metadata: capture.fileMetadata(of: face)
        )
    }
}
