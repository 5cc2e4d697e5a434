package import CDF

/// What the last probe found in CDF's project.
package struct PreparedProject: Equatable, Sendable {
    /// The model that contents are written by.
    package var model: any WireModel
    /// Where the files go; nil if the configuration names no data set.
    package var dataSetID: Int64?

    package init(model: any WireModel, dataSetID: Int64?) {
        self.model = model
        self.dataSetID = dataSetID
    }

    /// Models are equal if they have the same name and space.
    package static func == (one: PreparedProject, other: PreparedProject) -> Bool {
        one.model.name == other.model.name && one.model.space == other.model.space && one.dataSetID == other.dataSetID
    }
}
