package import Station

/// What the configuration says about the E57 files of one inbox.
package struct FileRules: Sendable {
    /// Who makes 360° images of what is in a file.
    package enum Extraction: Equatable, Sendable {
        /// CDF gets the file and makes a revision of this model from it.
        case cdf(ModelTarget)
        /// drop360 delivers the positions in the file as stations.
        case here
    }

    package var extraction: Extraction
    /// Of the inbox; site, offset, prefix and the like apply to the positions as well.
    package var inspection: InspectionRules

    package init(_ extraction: Extraction, inspection: InspectionRules) {
        self.extraction = extraction
        self.inspection = inspection
    }

    /// How the names end, in small letters and without the dot, of the files that are items.
    package var endings: Set<String> {
        switch extraction {
        case .cdf: ["e57", "zip"]
        case .here: ["e57"]
        }
    }
}

extension FileRules {
    /// What an accepted file becomes.
    package var kind: ItemKind { extraction == .here ? .scan : .pointCloud }
}
