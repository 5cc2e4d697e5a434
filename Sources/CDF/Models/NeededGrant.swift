package import Station

/// Something that the identity must be allowed to do in the project.
package struct NeededGrant: Equatable, Sendable {
    /// `filesAcl`.
    package var acl: String
    /// `READ`.
    package var action: String
    /// For data modelling, the space concerned.
    package var space: String?

    package init(_ acl: String, _ action: String, space: String? = nil) {
        self.acl = acl
        self.action = action
        self.space = space
    }

    /// What every model needs: files, and nodes in our own space through views of other spaces.
    package static func common(schemaSpaces: [String], space: String) -> [NeededGrant] {
        [NeededGrant("filesAcl", "READ"), NeededGrant("filesAcl", "WRITE")]
            + (schemaSpaces + [space]).map { NeededGrant("dataModelsAcl", "READ", space: $0) }
            + ["READ", "WRITE"].map { NeededGrant("dataModelInstancesAcl", $0, space: space) }
    }

    /// What it takes to report to an extraction pipeline, and to see whether it exists.
    package static let pipeline = [
        NeededGrant("extractionPipelinesAcl", "READ"), NeededGrant("extractionRunsAcl", "WRITE"),
        NeededGrant("datasetsAcl", "READ"),
    ]

    /// What it takes to create file entries with labels and security categories.
    package static func forFiles(with settings: FileSettings) -> [NeededGrant] {
        (settings.labels.isEmpty ? [] : [NeededGrant("labelsAcl", "READ")])
            + (settings.securityCategories.isEmpty ? [] : [NeededGrant("securityCategoriesAcl", "MEMBEROF")])
    }

    /// What it takes, besides ``common(schemaSpaces:space:)``, to have CDF make 3D revisions of files and extract their images.
    package static let extraction = [
        NeededGrant("threedAcl", "READ"), NeededGrant("threedAcl", "CREATE"), NeededGrant("sessionsAcl", "CREATE"),
    ]
}

extension TokenInspection {
    /// Those of `grants` that the identity lacks, as far as its token shows.
    package func missing(_ grants: [NeededGrant], in project: String) -> [NeededGrant] {
        grants.filter { !may($0.action, $0.acl, in: project, space: $0.space) }
    }
}
