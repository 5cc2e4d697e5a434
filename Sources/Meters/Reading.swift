/// A value that is looked up when somebody asks for it, instead of being counted.
package struct Reading: Sendable, Equatable {
    package let metric: MetricDeclaration
    /// One for each of the metric's labels, in their order.
    package let labelValues: [String]
    package let value: Double

    package init(_ metric: MetricDeclaration, _ labelValues: String..., value: Double) {
        self.metric = metric
        self.labelValues = labelValues
        self.value = value
    }
}
