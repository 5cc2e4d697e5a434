extension Duration {
    /// The duration in seconds, as Foundation expects it.
    package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
