import Logging

/// Has every debug line put together, and drops it.
struct EveryDetail: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { _ = "\(event.message) \(event.metadata ?? [:])" }
}
