/// One metric: its name, what it means, and what kind it is.
///
/// Each is declared once, by the target that counts it. What is not declared is not kept.
package struct MetricDeclaration: Sendable, Hashable {
    /// How its values behave.
    package enum Kind: Sendable, Hashable {
        /// Only grows; its name ends in `_total`.
        case counter
        /// Goes up and down.
        case gauge
        /// How often which values were observed.
        ///
        /// The upper bounds of its buckets ascend; the bucket for everything above the last one comes by itself.
        case histogram(upTo: [Double])
    }

    /// By Prometheus' conventions: with the unit, in base units, at its end.
    package let name: String
    /// One sentence.
    package let help: String
    package let kind: Kind
    /// The names of its labels, in the order in which they are written.
    package let labels: [String]

    package init(_ name: String, _ kind: Kind, labels: [String] = [], help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }
}

/// The values of a label: an enumeration, so that nothing from outside ever makes another series.
package protocol MetricLabel: CaseIterable, Hashable, Sendable, RawRepresentable<String> {}
