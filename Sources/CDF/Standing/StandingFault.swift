import Station

/// Something about a standing collection that the viewer cannot show as it was meant.
package struct StandingFault: Encodable, Equatable, Sendable {
    /// Stable, for scripts: docs/operators/json.md.
    package var code: String
    /// The external id of the node or file concerned.
    package var id: String
    package var message: String
    package var advice: String

    package init(code: String, id: String, message: String, advice: String) {
        self.code = code
        self.id = id
        self.message = message
        self.advice = advice
    }
}

extension StandingCollection {
    /// Everything that is wrong with it, the collection first, then image by image.
    ///
    /// - Parameters:
    ///   - collection: Its node.
    ///   - reading: The model's.
    ///   - metres: How far apart two poses at one station may be.
    ///   - degrees: Likewise.
    package func faults(
        of collection: NodeReference,
        _ reading: ImageReading,
        beyond metres: Double,
        _ degrees: Double
    ) -> [StandingFault] {
        var faults = ownFaults(of: collection, reading)
        var first: [NodeReference: StandingImage] = [:]
        let users = fileUsers
        var judged: Set<NodeReference> = []
        for (number, image) in images.enumerated() {
            faults += self.faults(of: image, reading)
            // Said of the later one.
            if let other = users.firstSharer(with: image, at: number), other < number {
                faults.append(
                    StandingFault(
                        code: "file-shared",
                        id: image.node.externalId,
                        message:
                            "It shares files with image '\(printable(images[other].node.externalId))': a correction of one would change both.",
                        advice: "Give each image files of its own."
                    )
                )
            }
            guard let station = image.station else { continue }
            if judged.insert(station).inserted, let lacks = stations[station], !lacks.isEmpty {
                faults.append(
                    StandingFault(
                        code: "station-incomplete",
                        id: station.externalId,
                        message:
                            "The station has no \(lacks.joined(separator: " and no ")): the viewer does not find it, or shows no name.",
                        advice: "Write \(lacks.joined(separator: " and ")) through \(reading.stationView)."
                    )
                )
            }
            guard let pose = image.pose else { continue }
            if let known = first[station]?.pose {
                let (distance, angle) = pose.drift(from: known)
                guard distance > metres + 1e-9 || angle > degrees + 1e-9 else { continue }
                faults.append(
                    StandingFault(
                        code: "station-two-poses",
                        id: image.node.externalId,
                        message:
                            "Its pose is \(rounded(distance)) m and \(rounded(angle))° from that of '\(printable(first[station]?.node.externalId ?? ""))' at station '\(printable(station.externalId))': the viewer shows both at one place.",
                        advice: "Give the image a station of its own, or correct the pose that is wrong."
                    )
                )
            } else {
                first[station] = image
            }
        }
        return faults
    }

    private func ownFaults(of collection: NodeReference, _ reading: ImageReading) -> [StandingFault] {
        func fault(_ code: String, _ message: String, _ advice: String) -> StandingFault {
            StandingFault(code: code, id: collection.externalId, message: message, advice: advice)
        }
        switch state {
        case .absent:
            return [
                fault(
                    "collection-missing",
                    "There is no node of this id in space '\(collection.space)', or drop360 may not read it.",
                    "Check --collection and --space, and the capability dataModelInstancesAcl:READ."
                )
            ]
        case .withoutData:
            return [
                fault(
                    "collection-without-data",
                    "The node has no data of a collection, and the viewer cannot load it.",
                    "Write its properties through \(reading.collectionView)."
                )
            ]
        case .present:
            if images.isEmpty {
                return [
                    fault(
                        "collection-empty",
                        "It has no images, and the viewer cannot load it.",
                        "Give it images, or delete its node."
                    )
                ]
            }
            var faults: [StandingFault] = []
            if let type = otherType, let wanted = reading.collectionType {
                faults.append(
                    fault(
                        "collection-of-other-type",
                        "Its \(wanted.name) is \(type.isEmpty ? "not set" : "'\(printable(type))'"): the viewer does not find it.",
                        "Write \(wanted.name) \(wanted.value) through \(reading.collectionView), if it is meant for 360° images."
                    )
                )
            }
            if name.isEmpty {
                let property = reading.collectionName.property
                faults.append(
                    fault(
                        "collection-without-name",
                        "It has no \(property): the viewer shows its id instead.",
                        "Write its \(property) through \(reading.collectionName.view)."
                    )
                )
            }
            guard let most = reading.mostImages, images.count > most else { return faults }
            return faults + [
                fault(
                    "collection-large",
                    "It has \(images.count) images; the viewer loads the first \(most) and drops the rest silently.",
                    "Divide it into several collections."
                )
            ]
        }
    }

    private func faults(of image: StandingImage, _ reading: ImageReading) -> [StandingFault] {
        var faults: [StandingFault] = []
        func add(_ code: String, _ id: String, _ message: String, _ advice: String) {
            faults.append(StandingFault(code: code, id: id, message: message, advice: advice))
        }
        let id = image.node.externalId
        let missing = Face.allCases.filter { image.files[$0] == nil }.map(\.rawValue)
        if !missing.isEmpty {
            add(
                "face-missing",
                id,
                "The image has no \(missing.joined(separator: ", ")): \(reading.withoutFace).",
                "Name a file for each face, or delete the image's node."
            )
        }
        for (face, file) in image.files.sorted(by: { $0.key < $1.key }) {
            guard let known = files[file] else {
                add(
                    "file-missing",
                    file.externalID,
                    "The file of face \(face.rawValue) of '\(printable(id))' does not exist: the image cannot be opened.",
                    "Upload it under this id, or delete the image's node."
                )
                continue
            }
            if !known.uploaded {
                add(
                    "file-not-uploaded",
                    file.externalID,
                    "The file of face \(face.rawValue) of '\(printable(id))' was never uploaded: the image cannot be opened.",
                    "Upload its bytes, or delete the image's node."
                )
            }
        }
        if image.pose == nil {
            add(
                "image-without-pose",
                id,
                "A number of its translation or rotation is missing: \(reading.withoutPose).",
                "Write all six numbers, or delete the image's node."
            )
        }
        if let station = image.station {
            if stations[station] == nil {
                add(
                    "station-missing",
                    station.externalId,
                    "Image '\(printable(id))' points at this station, which does not exist or has no data of a station.",
                    "Write the station, or point the image at another one."
                )
            }
        } else {
            add(
                "image-without-station",
                id,
                "It has no station: the viewer shows each visit as an icon of its own.",
                "Point the image at a station."
            )
        }
        return faults
    }

    private func rounded(_ number: Double) -> String {
        let hundredths = (number * 100).rounded()
        return hundredths.magnitude < 1e15 ? "\(hundredths / 100)" : "\(number)"
    }
}
