package import Station

/// How captures become files and nodes of one data model: everything that drop360 knows about the model's views and properties.
///
/// The stages, the link, `doctor` and `check --requests` hold a value of this type and name no model; ``ModelChoice`` names them all.
package protocol WireModel: Sendable {
    /// As in the configuration's `target.model`.
    var name: String { get }
    /// For messages, after "The": "360° schema".
    var schemaName: String { get }
    /// What an operator does if the schema does not fit.
    var schemaAdvice: String { get }
    /// The space of every node that is written.
    var space: String { get }

    /// The views that drop360 writes through, with what it writes into their properties.
    var expectations: [ViewExpectation] { get }
    /// What the identity must be allowed to do.
    var grants: [NeededGrant] { get }
    /// What the identity should be allowed to do besides, with what is missing otherwise, for messages: "collections are without …".
    var usefulGrants: (grants: [NeededGrant], otherwise: String) { get }
    /// How nodes of this model point at collections and stations; tells whether one of those is in use.
    var relations: [Relations] { get }
    /// How images that stand in a project are read, whoever wrote them.
    var reading: ImageReading { get }
    /// Whether a face is an entry of the file service, which has labels, security categories and a source; otherwise it is a node.
    var filesAreEntries: Bool { get }
    /// By what its collections are told from other nodes.
    var collectionMark: NodeMark { get }

    /// The description of the file that holds `face`, and how the file is created.
    func file(_ face: Face, _ image: FaceImage, of capture: Capture, dataSetID: Int64?) -> FileDescription
    /// How CDF finds the file with this id of ours.
    func fileReference(_ externalID: String) -> FileReference
    /// The nodes in the order in which they may be written; only once CDF has confirmed all files of `captures`.
    func layers(of captures: [Capture]) -> [NodeLayer]
    /// Whether collections belong to 3D models, which are created after their images.
    var givesCollectionsModels: Bool { get }
    /// The 3D models that the collections of `captures` belong to, each once; none where a collection needs no model.
    func collectionModels(of captures: [Capture]) -> [CollectionModel]
    /// What gives `collection` the 3D model with CDF's number `number`.
    func relation(of collection: NodeReference, toModel number: Int64) -> NodeWrite?
}

extension WireModel {
    package var usefulGrants: (grants: [NeededGrant], otherwise: String) { ([], "") }

    package var filesAreEntries: Bool { true }

    package var givesCollectionsModels: Bool { false }

    package func collectionModels(of captures: [Capture]) -> [CollectionModel] { [] }

    package func relation(of collection: NodeReference, toModel number: Int64) -> NodeWrite? { nil }

    package var views: [ViewReference] { expectations.map(\.view) }

    /// What in the project's views does not fit what drop360 writes; empty if everything fits.
    package func mismatches(in definitions: [ViewDefinition]) -> [String] {
        expectations.flatMap { $0.mismatches(in: definitions) }
    }

    /// The nodes of the images themselves, each once: what is deleted first when images are taken out of CDF.
    package func images(of captures: [Capture]) -> [NodeReference] {
        layers(of: captures).filter { !$0.isPlaces }.flatMap { $0.nodes.map(\.reference) }
    }

    /// The collections and stations of `captures`, each once.
    package func places(of captures: [Capture]) -> [NodeReference] {
        layers(of: captures).filter(\.isPlaces).flatMap { $0.nodes.map(\.reference) }
    }
}

/// Properties of one view by which its nodes point at others.
package struct Relations: Equatable, Sendable {
    package var view: ViewReference
    /// Names of direct relations.
    package var properties: [String]

    package init(view: ViewReference, properties: [String]) {
        self.view = view
        self.properties = properties
    }
}
