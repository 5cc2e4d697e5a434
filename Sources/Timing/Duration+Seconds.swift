extension Duration {
    /// The whole duration in seconds, as Foundation counts time.
    package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
