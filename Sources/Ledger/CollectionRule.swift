/// How many images one collection may have, and what to do about one that has more (`collections`).
///
/// The legacy viewer loads ten thousand images of a collection, visits counted, and leaves out the others without an error.
package struct CollectionRule: Sendable, Equatable {
    /// The images of one collection that the viewer loads; nil where it loads all.
    package var limit: Int?
    /// Whether an image beyond the limit is refused; otherwise it is only noted.
    package var refuses: Bool

    /// What the legacy viewer loads of one collection.
    package static let viewerLimit = 10_000
    /// For a model whose viewer loads every image.
    package static let unlimited = CollectionRule(limit: nil)

    package init(limit: Int? = Self.viewerLimit, refuses: Bool = true) {
        self.limit = limit
        self.refuses = refuses
    }

    /// From how many images on the size is noted: nine tenths of the limit.
    package static func noted(below limit: Int) -> Int { limit - limit / 10 }
}
