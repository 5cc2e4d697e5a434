/// A name or path below an inbox, compared by its bytes, as Linux does.
///
/// `ü` may be one character or a `u` with dots: two names to Linux, and one to Swift's `String`. In a dictionary by `String` one of
/// two such folders would never be found.
struct ExactName: Hashable, Comparable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    static func < (left: Self, right: Self) -> Bool { left.text.utf8.lexicographicallyPrecedes(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
