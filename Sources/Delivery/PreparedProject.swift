package import CDF

/// What the last probe found in CDF's project.
package struct PreparedProject: Equatable, Sendable {
    /// The model that contents are written by.
    package var model: any WireModel
    /// Why it is this model.
    package var reason: ChosenModel.Reason
    /// Where the files go; nil if the configuration names no data set.
    package var dataSetID: Int64?

    package init(model: any WireModel, reason: ChosenModel.Reason = .configured, dataSetID: Int64?) {
        self.model = model
        self.reason = reason
        self.dataSetID = dataSetID
    }

    /// Models are equal if they have the same name and space: what else they are follows from these.
    package static func == (one: PreparedProject, other: PreparedProject) -> Bool {
        one.model.name == other.model.name && one.model.space == other.model.space && one.reason == other.reason
            && one.dataSetID == other.dataSetID
    }
}
