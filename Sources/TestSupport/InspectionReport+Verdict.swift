package import Inspection
package import Station

extension InspectionReport {
    package var capture: Capture? { if case .accepted(let capture) = verdict { capture } else { nil } }

    /// The codes of a rejection, in order; nil where the verdict is another.
    package var rejection: [String]? {
        if case .rejected(let problems) = verdict { problems.map(\.code) } else { nil }
    }

    /// The codes of an incomplete station, in order; nil where the verdict is another.
    package var waiting: [String]? {
        if case .incomplete(let problems) = verdict { problems.map(\.code) } else { nil }
    }

    /// All messages of the verdict, one per line.
    package var words: String {
        switch verdict {
        case .rejected(let problems), .incomplete(let problems): problems.map(\.message).joined(separator: "\n")
        case .accepted, .partOf, .changed, .unavailable: ""
        }
    }
}
