/// A short text that differs wherever something that counts in an item came, went or changed.
///
/// Only compared for equality; what it is made of is the business of whoever took it.
package struct Stamp: Hashable, Sendable, Codable, RawRepresentable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
}
