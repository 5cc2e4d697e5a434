package import Station

/// A place where the scanner stood, and the pictures that show all that is around it.
package struct E57Position: Equatable, Sendable {
    package enum Pictures: Equatable, Sendable {
        /// One picture of the whole sphere.
        case sphere(E57View)
        /// Six pinhole pictures that together show the whole sphere, in the file's order.
        case pinholes([E57View])
    }

    /// Counts the positions of the file from 1, in the file's order.
    package var number: Int
    /// No two positions of a file have the same; fit to be one component of a path, at most 200 bytes.
    package var stationID: String
    /// The scan's or the images', as the file has it, in one line; else ``stationID``.
    package var name: String
    /// The scan that the pictures belong to, where the file says so.
    package var scan: E57Scan?
    package var pictures: Pictures

    package init(number: Int, stationID: String, name: String, scan: E57Scan? = nil, pictures: Pictures) {
        (self.number, self.stationID, self.name) = (number, stationID, name)
        (self.scan, self.pictures) = (scan, pictures)
    }

    /// One for a sphere, six for a cube.
    package var views: [E57View] {
        switch pictures {
        case .sphere(let view): [view]
        case .pinholes(let views): views
        }
    }

    /// Of its first image that has one, else of its scan.
    package var acquired: E57Time? { views.lazy.compactMap(\.image.acquired).first ?? scan?.acquired }
}

/// An image, and the one of its pictures that is used.
package struct E57View: Equatable, Sendable {
    package var image: E57Image
    package var projection: E57Projection
    package var picture: E57Picture

    package init(image: E57Image, projection: E57Projection, picture: E57Picture) {
        (self.image, self.projection, self.picture) = (image, projection, picture)
    }

    /// Metres; what has no pose is at the origin, as the standard says.
    package var place: Vector3 { image.pose?.translation ?? Vector3(x: 0, y: 0, z: 0) }

    package var rotation: Rotation { image.pose?.rotation ?? .identity }
}
