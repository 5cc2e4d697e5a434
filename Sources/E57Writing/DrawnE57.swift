package import E57
package import Station

/// An E57 file to be written, for tests and the demo: images, scans, and as many empty bytes as a real scan would have points.
package struct DrawnE57: Sendable {
    /// Nil leaves the element out, as some writers do.
    package var guid: String? = "{5f2c1d6e-5d0a-4c57-9b57-3f2a1b0c9d8e}"
    package var scans: [Scan]
    package var images: [Image]
    /// Leaves `images2D` out, which is another way of having no images.
    package var leavesOutImages = false
    /// Leaves `data3D` out.
    package var leavesOutScans = false
    /// Bytes on the disk before the XML that nothing points at, rounded up to whole pages; written at the disk's speed.
    package var padding: Int64 = 0
    /// Changes the XML before it is written, for files that lie; their checksums are right nevertheless.
    package var editXML: @Sendable (String) -> String = { $0 }

    package init(images: [Image] = [], scans: [Scan] = [], padding: Int64 = 0) {
        (self.images, self.scans, self.padding) = (images, scans, padding)
    }

    /// An entry of `images2D`; whatever is nil is left out.
    package struct Image: Sendable {
        package var guid: String?
        package var name: String?
        package var scanGUID: String?
        package var sensor = E57Sensor()
        package var acquired: E57Time?
        package var pose: E57Pose?
        package var representations: [Representation]

        package init(
            guid: String? = nil,
            name: String? = nil,
            scanGUID: String? = nil,
            acquired: E57Time? = nil,
            pose: E57Pose? = nil,
            _ representations: Representation...
        ) {
            (self.guid, self.name, self.scanGUID) = (guid, name, scanGUID)
            (self.acquired, self.pose, self.representations) = (acquired, pose, representations)
        }
    }

    /// One picture of an image.
    package struct Representation: Sendable {
        package var projection: E57Projection
        package var format: E57Picture.Format
        /// Pixels, as stated; nobody checks the picture.
        package var width: Int
        package var height: Int
        /// The picture file; called once, when it is its turn, so that only one picture is in memory.
        package var picture: @Sendable () throws -> [UInt8]
        package var mask: [UInt8]?

        package init(
            _ projection: E57Projection,
            _ format: E57Picture.Format = .jpeg,
            width: Int,
            height: Int,
            mask: [UInt8]? = nil,
            picture: @escaping @Sendable () throws -> [UInt8]
        ) {
            (self.projection, self.format, self.width, self.height) = (projection, format, width, height)
            (self.mask, self.picture) = (mask, picture)
        }

        package init(
            _ projection: E57Projection,
            _ format: E57Picture.Format = .jpeg,
            width: Int,
            height: Int,
            mask: [UInt8]? = nil,
            picture: [UInt8]
        ) {
            self.init(projection, format, width: width, height: height, mask: mask) { picture }
        }
    }

    /// An entry of `data3D`; whatever is nil is left out.
    package struct Scan: Sendable {
        package var guid: String?
        package var name: String?
        package var pose: E57Pose?
        package var acquired: E57Time?
        /// At most 2000 points, in the scan's own frame, metres; written as doubles.
        package var points: [Vector3]

        package init(
            guid: String? = nil,
            name: String? = nil,
            pose: E57Pose? = nil,
            acquired: E57Time? = nil,
            points: [Vector3] = []
        ) {
            (self.guid, self.name, self.pose) = (guid, name, pose)
            (self.acquired, self.points) = (acquired, points)
        }
    }

    /// Where things ended up in the file, for tests that patch it; offsets are physical.
    package struct Layout: Sendable {
        package var length: Int64 = 0
        package var xmlOffset: Int64 = 0
        /// Of content, in bytes.
        package var xmlLength: Int64 = 0
        /// By image and representation.
        package var pictures: [[E57Blob]] = []
        /// The same for masks.
        package var masks: [[E57Blob?]] = []
        /// The sections of the scans' points.
        var points: [Int64] = []
    }
}
