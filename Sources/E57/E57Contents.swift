/// What the XML of an E57 file says of its images and scans.
package struct E57Contents: Equatable, Sendable {
    /// In the file's order, without those that have a fault.
    package var images: [E57Image] = []
    package var scans: [E57Scan] = []
    /// Images that cannot be used; the others can.
    package var faults: [Fault] = []
    /// Whole sentences about what was left out or changed of scans, for the crew.
    package var notes: [String] = []

    package init(images: [E57Image] = [], scans: [E57Scan] = [], faults: [Fault] = [], notes: [String] = []) {
        (self.images, self.scans, self.faults, self.notes) = (images, scans, faults, notes)
    }

    /// An image that cannot be used, and why.
    package struct Fault: Equatable, Sendable {
        /// As ``E57Image/number``.
        package var number: Int
        package var name: String?
        package var error: E57Error

        package init(number: Int, name: String? = nil, error: E57Error) {
            (self.number, self.name, self.error) = (number, name, error)
        }
    }
}

extension E57Contents {
    /// Takes images out whose pictures share bytes with those of earlier ones: no writer does that, and each would be decoded.
    mutating func removeOverlaps(_ header: E57Header) {
        struct Section { var start, end: Int64, number: Int }
        var sections: [Section] = []
        for image in images {
            for representation in image.representations where representation.projection.isFace {
                // Checked when the image was read.
                guard let (start, end) = try? header.section(of: representation.picture.blob) else { continue }
                sections.append(Section(start: start, end: end, number: image.number))
            }
        }
        sections.sort { ($0.start, $0.number) < ($1.start, $1.number) }
        var overlapping: [Int: Int] = [:]
        var last: Section?
        for section in sections {
            if let other = last, section.start < other.end {
                let (first, second) = (min(other.number, section.number), max(other.number, section.number))
                if first != second { overlapping[second] = first }
                // The longer one is kept in view, or a short one would hide what follows.
                if first == other.number && section.end <= other.end { continue }
            }
            last = section
        }
        for image in images {
            guard let other = overlapping[image.number] else { continue }
            let words = "Its picture shares bytes with that of image \(other). Export the file again."
            faults.append(Fault(number: image.number, name: image.name, error: E57Error(.damaged, words)))
        }
        images.removeAll { overlapping[$0.number] != nil }
        faults.sort { $0.number < $1.number }
    }
}

extension E57Projection {
    /// Whether a face can be made of it.
    var isFace: Bool {
        switch self {
        case .pinhole, .spherical: true
        case .none, .cylindrical: false
        }
    }
}
