package import Foundation
package import Station

/// One entry of an E57 file's `images2D`, as the file says it; nothing of the picture has been read.
package struct E57Image: Equatable, Sendable {
    /// Counts the entries of `images2D` from 1, in the file's order.
    package var number: Int
    /// Omitted by some writers, although the standard requires it.
    package var guid: String?
    package var name: String?
    /// The scan that the image belongs to, as ``E57Scan/guid`` of one of the file's scans.
    package var scanGUID: String?
    package var sensor: E57Sensor
    package var acquired: E57Time?
    /// Takes image-local coordinates to the file's frame; nil where the file has none.
    package var pose: E57Pose?
    /// The picture and its projection.
    package var representations: [E57Representation]

    package init(
        number: Int,
        guid: String? = nil,
        name: String? = nil,
        scanGUID: String? = nil,
        sensor: E57Sensor = E57Sensor(),
        acquired: E57Time? = nil,
        pose: E57Pose? = nil,
        representations: [E57Representation] = []
    ) {
        self.number = number
        self.guid = guid
        self.name = name
        self.scanGUID = scanGUID
        self.sensor = sensor
        self.acquired = acquired
        self.pose = pose
        self.representations = representations
    }
}

/// One scan of `data3D`, with its name and place; its points are never read.
package struct E57Scan: Equatable, Sendable {
    /// Counts the entries of `data3D` from 1.
    package var number: Int
    package var guid: String?
    package var name: String?
    package var pose: E57Pose?
    /// When the scan began.
    package var acquired: E57Time?

    package init(
        number: Int,
        guid: String? = nil,
        name: String? = nil,
        pose: E57Pose? = nil,
        acquired: E57Time? = nil
    ) {
        self.number = number
        self.guid = guid
        self.name = name
        self.pose = pose
        self.acquired = acquired
    }
}

/// What took the image.
package struct E57Sensor: Equatable, Sendable {
    package var vendor: String?
    package var model: String?
    package var serialNumber: String?

    package init(vendor: String? = nil, model: String? = nil, serialNumber: String? = nil) {
        self.vendor = vendor
        self.model = model
        self.serialNumber = serialNumber
    }
}

/// A point in time as E57 stores it: GPS seconds, to be converted with leap seconds.
package struct E57Time: Equatable, Sendable {
    /// UTC.
    package var date: Date
    /// False where the file says that the clock is not to be trusted.
    package var isAtomicClockReferenced: Bool

    package init(date: Date, isAtomicClockReferenced: Bool) {
        self.date = date
        self.isAtomicClockReferenced = isAtomicClockReferenced
    }
}

/// A rigid transform: p_file = R(q)·p_local + t; metres, right-handed, Z up (the file's frame is CDF's).
package struct E57Pose: Equatable, Sendable {
    /// Of unit length.
    package var rotation: Rotation
    package var translation: Vector3

    package init(rotation: Rotation, translation: Vector3) {
        self.rotation = rotation
        self.translation = translation
    }
}

/// One picture of an image, and how it was projected.
package struct E57Representation: Equatable, Sendable {
    package var projection: E57Projection
    package var picture: E57Picture

    package init(_ projection: E57Projection, _ picture: E57Picture) {
        self.projection = projection
        self.picture = picture
    }
}

/// How directions become pixels (the E57 standard; contract `e57-images.md`).
package enum E57Projection: Equatable, Sendable {
    /// `visualReferenceRepresentation`: only to look at.
    case none
    /// Metres, and pixels for the principal point.
    case pinhole(
        focalLength: Double,
        pixelWidth: Double,
        pixelHeight: Double,
        principalPointX: Double,
        principalPointY: Double
    )
    /// Radians for each pixel.
    case spherical(pixelWidth: Double, pixelHeight: Double)
    case cylindrical
}

/// Where a picture is in the file, and what the file says of it.
package struct E57Picture: Equatable, Sendable {
    package enum Format: String, Sendable { case jpeg, png }

    package var format: Format
    /// Pixels, as stated; the picture itself may differ.
    package var width: Int
    package var height: Int
    package var blob: E57Blob

    package init(format: Format, width: Int, height: Int, blob: E57Blob) {
        self.format = format
        self.width = width
        self.height = height
        self.blob = blob
    }
}

/// A blob section, as the XML points at it; unchecked.
package struct E57Blob: Hashable, Sendable {
    /// Physical: counts the checksums.
    package var fileOffset: UInt64
    /// Logical bytes of data.
    package var length: UInt64

    package init(fileOffset: UInt64, length: UInt64) {
        self.fileOffset = fileOffset
        self.length = length
    }
}
