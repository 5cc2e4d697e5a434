/// The model that a project is written by, and why this one.
package struct ChosenModel: Sendable {
    package var model: any WireModel
    package var reason: Reason

    package enum Reason: Equatable, Sendable {
        /// The configuration names it.
        case configured
        /// This ledger has delivered by it before.
        case delivered
        /// The project has no other.
        case only
        /// The project has both; the space's collections are of this one.
        case collections
        /// The project has both, and the space has collections of both, of neither, or CDF does not tell.
        case preferred

        /// For `doctor` and status, after the model's name.
        package var words: String {
            switch self {
            case .configured: "the configuration names it"
            case .delivered: "this ledger has delivered by it"
            case .only: "the project has no other schema for 360° images"
            case .collections: "the project has both schemas, and the collections in the space are of this one"
            case .preferred:
                "the project has both schemas, and the collections in the space do not decide between them; `target.model` can"
            }
        }
    }

    package init(_ model: any WireModel, _ reason: Reason) {
        self.model = model
        self.reason = reason
    }
}
