/// Prometheus' text format, version 0.0.4: a value that is made of what is known at one moment.
///
/// Metrics and series are sorted by name and labels, so that two texts can be compared.
package struct Exposition: Sendable {
    /// The content type of ``text``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// One line: a value of a series.
    struct Sample: Sendable, Equatable {
        /// What follows the metric's name: `_bucket`, `_sum`, `_count`.
        var suffix = ""
        /// The bucket's upper bound.
        var bound: Double?
        var value: Double
    }

    private struct Series {
        var labelValues: [String]
        var samples: [Sample]
    }

    private var families: [MetricDeclaration: [Series]] = [:]

    /// - Parameter declarations: These appear even where they have no series yet.
    init(_ declarations: some Sequence<MetricDeclaration>) { for metric in declarations { families[metric] = [] } }

    mutating func add(_ metric: MetricDeclaration, _ labelValues: [String], _ samples: [Sample]) {
        families[metric, default: []].append(Series(labelValues: labelValues, samples: samples))
    }

    /// The whole text; each line ends with a line feed.
    package var text: String {
        var text = ""
        for (metric, series) in families.sorted(by: { $0.key.name < $1.key.name }) {
            text += "# HELP \(metric.name) \(Self.escaped(metric.help, quotes: false))\n"
            text += "# TYPE \(metric.name) \(metric.kind.word)\n"
            for one in series.sorted(by: { $0.labelValues.lexicographicallyPrecedes($1.labelValues) }) {
                let labels = zip(metric.labels, one.labelValues).map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
                for sample in one.samples {
                    let all = labels + (sample.bound.map { ["le=\"\(Self.number($0))\""] } ?? [])
                    text += metric.name + sample.suffix
                    if !all.isEmpty { text += "{\(all.joined(separator: ","))}" }
                    text += " \(Self.number(sample.value))\n"
                }
            }
        }
        return text
    }

    /// A number as Go reads it: whole ones without a point, `+Inf`, `-Inf`, `NaN`.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Beyond 2⁵³ not every whole number is there.
        guard value.magnitude < 9_007_199_254_740_992, value == value.rounded() else { return "\(value)" }
        return "\(Int64(value))"
    }

    /// Text in one line: backslash and line feed, and in label values the quotation mark, behind a backslash.
    static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        // By scalar: a carriage return and a line feed are one character.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension MetricDeclaration.Kind {
    /// As in a TYPE line.
    fileprivate var word: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}
