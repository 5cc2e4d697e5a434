package import DropFolder

/// Why something in an E57 file cannot be read, in words for the crew.
package struct E57Error: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        /// Not an E57 file, or a version that is not supported.
        case format
        /// Shorter than its header says.
        case truncated
        /// Longer than its header says.
        case length
        /// A checksum or a number in it is wrong.
        case damaged
        /// Over a limit that protects drop360.
        case tooLarge
        /// The file itself cannot be read at the moment; says why, and what drop360 does about it.
        case unreadable(DropFolderError)
    }

    package var kind: Kind
    /// Whole sentences: what is wrong, and what to do.
    package var description: String

    /// The description is the failure's own.
    package init(_ failure: DropFolderError) {
        self.init(.unreadable(failure), failure.summary)
    }

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
