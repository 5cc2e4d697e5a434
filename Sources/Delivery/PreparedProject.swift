package import CDF

/// What CDF's project was found to be when it was last asked.
package struct PreparedProject: Equatable, Sendable {
    /// How contents are written there.
    package var model: any WireModel
    /// Where the files go; nil where the configuration names no data set.
    package var dataSetID: Int64?

    package init(model: any WireModel, dataSetID: Int64?) {
        self.model = model
        self.dataSetID = dataSetID
    }

    /// Models are alike where they have the same name and space.
    package static func == (one: PreparedProject, other: PreparedProject) -> Bool {
        one.model.name == other.model.name && one.model.space == other.model.space && one.dataSetID == other.dataSetID
    }
}
