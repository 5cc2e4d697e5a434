package import ConfigFile
package import Ledger
import Status

// Collections that the viewer does not load completely.
extension HealthCheck {
    /// A warning for each collection near the viewer's limit, or beyond it; none under the core data model, which has no such limit.
    package static func collections(
        _ ledger: ItemLedger,
        _ configuration: Configuration
    ) async throws(LedgerError) -> [Finding] {
        guard configuration.target.model != .core else { return [] }
        let large = try await DaemonStatus.LargeCollection.read(from: ledger)
        return (large ?? []).map(finding)
    }

    static func finding(_ large: DaemonStatus.LargeCollection) -> Finding {
        Finding(
            "collection-large",
            .warning,
            large.words,
            advice: "Further stations need another site_id. "
                + "To deliver beyond the limit all the same, set `collections: large-is-fine`."
        )
    }
}
