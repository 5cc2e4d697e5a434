package import Station

/// How captures become files and nodes of one data model: everything that drop360 knows of the model's views and properties.
///
/// The stages, the link, `doctor` and `check --requests` hold a value of this and name no model; ``ModelChoice`` names them all.
package protocol WireModel: Sendable {
    /// As the configuration's `target.model` has it.
    var name: String { get }
    /// For messages, behind "The": "360° schema".
    var schemaName: String { get }
    /// What an operator does where the schema does not fit.
    var schemaAdvice: String { get }
    /// The space of every node that is written.
    var space: String { get }

    /// The views that are written through, with what drop360 writes into their properties.
    var expectations: [ViewExpectation] { get }
    /// What the identity must be allowed to do.
    var grants: [NeededGrant] { get }
    /// How nodes of this model point at collections and stations: whether one of those is in use.
    var relations: [Relations] { get }

    /// What CDF is told of the file that holds `face`, and how it is created.
    func file(_ face: Face, _ image: FaceImage, of capture: Capture, dataSetID: Int64?) -> FileDescription
    /// How CDF finds the file with this id of ours.
    func fileReference(_ externalID: String) -> FileReference
    /// The nodes in the order in which they may be written; only once CDF has confirmed all files of `captures`.
    func layers(of captures: [Capture]) -> [NodeLayer]
}

extension WireModel {
    package var views: [ViewReference] { expectations.map(\.view) }

    /// What of the project's views does not fit what drop360 writes; empty where all is well.
    package func mismatches(in definitions: [ViewDefinition]) -> [String] {
        expectations.flatMap { $0.mismatches(in: definitions) }
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
