/// Why something in an E57 file cannot be read, in words for the crew.
package struct E57Error: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        /// Not an E57 file, or a version that is not supported.
        case format
        /// Shorter than its header says.
        case truncated
        /// A checksum or a number in it is wrong.
        case damaged
        /// Over a limit that protects drop360.
        case tooLarge
    }

    package var kind: Kind
    /// Whole sentences: what is wrong, and what to do.
    package var description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
