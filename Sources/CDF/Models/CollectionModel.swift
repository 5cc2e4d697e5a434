/// The 3D model that a collection of 360° images belongs to: Fusion lists collections by it.
///
/// Only CDF's 3D service creates its node, and another one at each call: look for it first.
package struct CollectionModel: Hashable, Sendable {
    package var collection: NodeReference

    package init(of collection: NodeReference) { self.collection = collection }

    /// By which it is found again: external ids of collections are unique, and fit into the 255 characters of a name.
    package var name: String { collection.externalId }

    /// What sort of model and of revision they are in CDF.
    static let type = "Image360"

    private static let prefix = "cog_3d_model_"

    /// The external id of the node that CDF creates for the model with this number.
    package static func nodeID(_ number: Int64) -> String { prefix + String(number) }

    /// CDF's number of the model that a node stands for; nil if the node is not one that CDF created.
    static func number(ofNode externalID: String) -> Int64? {
        externalID.hasPrefix(prefix) ? Int64(externalID.dropFirst(prefix.count)) : nil
    }
}
