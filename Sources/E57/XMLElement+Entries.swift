import Foundation
import Station

extension XMLElement {
    /// Reads an entry of `images2D`.
    func image(_ number: Int, in header: E57Header) throws(E57Error) -> E57Image {
        var representations: [E57Representation] = []
        for (name, reading) in Self.projections {
            guard let child = try child(name) else { continue }
            do throws(E57Error) {
                representations.append(try child.representation(reading, in: header))
            } catch {
                // Of these nothing is made in any case.
                guard name == "pinholeRepresentation" || name == "sphericalRepresentation" else { continue }
                throw error
            }
        }
        guard Self.projections.contains(where: { (name, _) in children.contains { $0.name == name } }) else {
            throw Self.wrong("has no picture in a projection that drop360 knows")
        }
        return E57Image(
            number: number,
            guid: try string("guid"),
            name: try string("name"),
            scanGUID: try string("associatedData3DGuid"),
            sensor: E57Sensor(
                vendor: try string("sensorVendor"),
                model: try string("sensorModel"),
                serialNumber: try string("sensorSerialNumber")
            ),
            acquired: try time("acquisitionDateTime"),
            pose: try pose(),
            representations: representations
        )
    }

    /// Reads an entry of `data3D`; an invalid pose or time is left out, with a note.
    func scan(_ number: Int, notes: inout [String]) -> E57Scan {
        var scan = E57Scan(number: number)
        func read<Value>(_ reading: () throws(E57Error) -> Value?) -> Value? {
            do throws(E57Error) {
                return try reading()
            } catch {
                notes.append("Scan \(number): \(error)")
                return nil
            }
        }
        scan.guid = read { () throws(E57Error) in try string("guid") }
        scan.name = read { () throws(E57Error) in try string("name") }
        scan.pose = read { () throws(E57Error) in try pose() }
        scan.acquired = read { () throws(E57Error) in try time("acquisitionStart") }
        return scan
    }

    private typealias Projection = @Sendable (XMLElement) throws(E57Error) -> E57Projection

    private static let projections: [(String, Projection)] = [
        (
            "sphericalRepresentation",
            { (e) throws(E57Error) in
                .spherical(pixelWidth: try e.positive("pixelWidth"), pixelHeight: try e.positive("pixelHeight"))
            }
        ),
        (
            "pinholeRepresentation",
            { (e) throws(E57Error) in
                .pinhole(
                    focalLength: try e.positive("focalLength"),
                    pixelWidth: try e.positive("pixelWidth"),
                    pixelHeight: try e.positive("pixelHeight"),
                    principalPointX: try e.number("principalPointX"),
                    principalPointY: try e.number("principalPointY")
                )
            }
        ),
        ("cylindricalRepresentation", { (_) throws(E57Error) in .cylindrical }),
        ("visualReferenceRepresentation", { (_) throws(E57Error) in .none }),
    ]

    private func representation(_ projection: Projection, in header: E57Header) throws(E57Error) -> E57Representation {
        let (jpeg, png) = (try blob("jpegImage", in: header), try blob("pngImage", in: header))
        guard let picture = jpeg ?? png else { throw Self.wrong("has neither `jpegImage` nor `pngImage`") }
        return E57Representation(
            try projection(self),
            E57Picture(
                format: jpeg != nil ? .jpeg : .png,
                width: try pixels("imageWidth"),
                height: try pixels("imageHeight"),
                // Its mask, a picture of which pixels are valid, is not read: faces have no holes.
                blob: picture
            )
        )
    }

    /// Metres along an axis; no coordinate system of the Earth has more.
    private static let farthest = 1e8

    /// What is missing within a pose is its part of the identity.
    private func pose() throws(E57Error) -> E57Pose? {
        guard let pose = try child("pose") else { return nil }
        var rotation = Rotation.identity
        if let q = try pose.child("rotation") {
            let (w, x, y, z) = (try q.part("w"), try q.part("x"), try q.part("y"), try q.part("z"))
            let length = (w * w + x * x + y * y + z * z).squareRoot()
            guard abs(length - 1) <= 1e-3 else {
                throw Self.wrong("has a pose whose quaternion has the length \(length), not 1")
            }
            rotation = Rotation(quaternionW: w, x: x, y: y, z: z)
        }
        let t = try pose.child("translation") ?? XMLElement("translation")
        let translation = Vector3(x: try t.part("x"), y: try t.part("y"), z: try t.part("z"))
        guard [translation.x, translation.y, translation.z].allSatisfy({ abs($0) <= Self.farthest }) else {
            throw Self.wrong("has a pose that is further away than any place on Earth")
        }
        return E57Pose(rotation: rotation, translation: translation)
    }

    private func part(_ name: String) throws(E57Error) -> Double { try optionalNumber(name) ?? 0 }

    /// Nil also for a time that no clock has shown: before GPS, or centuries ahead.
    private func time(_ name: String) throws(E57Error) -> E57Time? {
        guard let time = try child(name), let seconds = try time.optionalNumber("dateTimeValue"),
            seconds > 0, seconds < 4e9
        else { return nil }
        let trusted = try time.optionalNumber("isAtomicClockReferenced") ?? 0
        return E57Time(date: GPSTime.date(seconds), isAtomicClockReferenced: trusted != 0)
    }
}
