/// A text that must not be printed.
///
/// However Swift prints the value, it shows `(hidden)`; ``reveal()`` is the only way to the text.
package struct Secret: Sendable, Equatable {
    private let text: String

    /// Hides `text`.
    package init(_ text: String) { self.text = text }

    /// The text itself, for the one request that needs it.
    package func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(hidden)" }
    package var debugDescription: String { "(hidden)" }
    // `dump` and the default description of an enclosing struct use the mirror, which has no children.
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
