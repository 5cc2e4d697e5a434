package import CDF
package import Station

/// What the last probe found in CDF's project.
package struct PreparedProject: Equatable, Sendable {
    /// The model that contents are written by.
    package var model: any WireModel
    /// Why it is this model.
    package var reason: ChosenModel.Reason
    /// Where the files go; nil if the configuration names no data set.
    package var dataSetID: Int64?
    /// What the operator decides about every file.
    package var files: FileSettings

    package init(
        model: any WireModel,
        reason: ChosenModel.Reason = .configured,
        dataSetID: Int64?,
        files: FileSettings = .init()
    ) {
        self.model = model
        self.reason = reason
        self.dataSetID = dataSetID
        self.files = files
    }

    /// Models are equal if they have the same name and space: what else they are follows from these.
    package static func == (one: PreparedProject, other: PreparedProject) -> Bool {
        one.model.name == other.model.name && one.model.space == other.model.space && one.reason == other.reason
            && one.dataSetID == other.dataSetID && one.files == other.files
    }

    /// The file that holds `face`, as it is sent.
    func file(_ face: Face, _ image: FaceImage, of capture: Capture) -> FileDescription {
        model.file(face, image, of: capture, dataSetID: dataSetID).placed(by: files, site: capture.siteID)
    }

    /// The file that holds a point cloud, as it is sent: an entry under every model.
    func file(of cloud: PointCloud) -> FileDescription {
        .pointCloud(cloud, dataSetID: dataSetID).placed(by: files, site: cloud.siteID)
    }

    /// What `cognite.files` says without effect on faces, for log and `doctor`; nil if nothing.
    package var ineffectiveFileSettings: String? {
        let keys = model.filesAreEntries ? [] : files.withoutPlaceOnNodes
        guard !keys.isEmpty else { return nil }
        let names = keys.map { "`cognite.files.\($0)`" }.joined(separator: ", ")
        return "The \(model.schemaName) has no place for \(names) on images' files; only E57 files get them."
    }
}
