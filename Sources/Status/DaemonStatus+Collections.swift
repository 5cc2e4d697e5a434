package import Ledger
import Station

extension DaemonStatus {
    /// A collection near the number of images that the viewer loads, or beyond it.
    package struct LargeCollection: Codable, Sendable, Equatable {
        /// The collection's external id.
        package var collection: String
        /// In CDF and on their way there, visits counted.
        package var images: Int
        /// The images that the viewer loads.
        package var limit: Int

        package init(collection: String, images: Int, limit: Int = CollectionRule.viewerLimit) {
            self.collection = collection
            self.images = images
            self.limit = limit
        }

        /// Those in the ledger; nil where there are none.
        package static func read(from ledger: ItemLedger) async throws(LedgerError) -> [Self]? {
            let found = try await ledger.collectionsNearLimit()
            return found.isEmpty ? nil : found.map { Self(collection: $0.collection, images: $0.images) }
        }

        /// One line for people.
        package var words: String {
            let have = "collection \(collection): \(images) images, visits counted"
            return images > limit
                ? "\(have); the viewer loads \(limit) and leaves the others out without an error. Give further stations another site_id."
                : "\(have), of the \(limit) that the viewer loads. Plan another site_id for the stations to come."
        }
    }
}
