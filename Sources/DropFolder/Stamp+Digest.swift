import Station

extension Stamp {
    /// The stamp of `parts`: 32 hexadecimal digits.
    init(over parts: [String]) { self.init(rawValue: String(ContentDigest(over: parts).rawValue.prefix(32))) }
}
