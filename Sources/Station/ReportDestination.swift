/// Where the reports for the crew are written.
package enum ReportDestination: Sendable, Equatable {
    /// Next to the station's folder.
    case beside
    case off
    /// Into this folder: absolute, normalised, in no inbox.
    case directory(String)
}
