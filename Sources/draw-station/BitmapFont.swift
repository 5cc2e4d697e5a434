/// Letters of 5 × 7 dots: capitals, digits and what stands in ids.
enum BitmapFont {
    static let width = 5
    static let height = 7
    /// From the left edge of one letter to that of the next.
    static let advance = 6

    /// Whether the dot at `column` and `row` (from the upper left) of a whole text is set.
    static func isSet(_ glyphs: [Glyph], column: Int, row: Int) -> Bool {
        guard (0..<height).contains(row), column >= 0, column / advance < glyphs.count else { return false }
        let inside = column % advance
        return inside < width && glyphs[column / advance].rows[row] & (16 >> inside) != 0
    }

    /// The dots of one letter: a row per number, the leftmost dot in bit 4.
    struct Glyph: Sendable {
        var rows: [UInt8]
    }

    /// The letters of `text`; what the font does not have becomes a hollow box.
    static func glyphs(_ text: String) -> [Glyph] { text.uppercased().map { letters[$0] ?? box } }

    /// Dots from the left edge of the first letter to the right edge of the last.
    static func columns(of glyphs: [Glyph]) -> Int { max(0, glyphs.count * advance - 1) }

    private static let box = glyph("##### #...# #...# #...# #...# #...# #####")

    private static func glyph(_ drawing: String) -> Glyph {
        Glyph(rows: drawing.split(separator: " ").map { $0.reduce(0) { $0 << 1 | ($1 == "#" ? 1 : 0) } })
    }

    private static let letters: [Character: Glyph] = [
        " ": "..... ..... ..... ..... ..... ..... .....", "-": "..... ..... ..... .###. ..... ..... .....",
        "_": "..... ..... ..... ..... ..... ..... #####", ".": "..... ..... ..... ..... ..... .##.. .##..",
        ":": "..... .##.. .##.. ..... .##.. .##.. .....", "/": "....# ....# ...#. ..#.. .#... #.... #....",
        "A": "..#.. .#.#. #...# #...# ##### #...# #...#", "B": "####. #...# #...# ####. #...# #...# ####.",
        "C": ".#### #.... #.... #.... #.... #.... .####", "D": "####. #...# #...# #...# #...# #...# ####.",
        "E": "##### #.... #.... ####. #.... #.... #####", "F": "##### #.... #.... ####. #.... #.... #....",
        "G": ".#### #.... #.... #..## #...# #...# .####", "H": "#...# #...# #...# ##### #...# #...# #...#",
        "I": "##### ..#.. ..#.. ..#.. ..#.. ..#.. #####", "J": "..### ...#. ...#. ...#. ...#. #..#. .##..",
        "K": "#...# #..#. #.#.. ##... #.#.. #..#. #...#", "L": "#.... #.... #.... #.... #.... #.... #####",
        "M": "#...# ##.## #.#.# #.#.# #...# #...# #...#", "N": "#...# ##..# ##..# #.#.# #..## #..## #...#",
        "O": ".###. #...# #...# #...# #...# #...# .###.", "P": "####. #...# #...# ####. #.... #.... #....",
        "Q": ".###. #...# #...# #...# #.#.# #..#. .##.#", "R": "####. #...# #...# ####. #.#.. #..#. #...#",
        "S": ".#### #.... #.... .###. ....# ....# ####.", "T": "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
        "U": "#...# #...# #...# #...# #...# #...# .###.", "V": "#...# #...# #...# #...# .#.#. .#.#. ..#..",
        "W": "#...# #...# #...# #.#.# #.#.# ##.## #...#", "X": "#...# #...# .#.#. ..#.. .#.#. #...# #...#",
        "Y": "#...# #...# .#.#. ..#.. ..#.. ..#.. ..#..", "Z": "##### ....# ...#. ..#.. .#... #.... #####",
        "0": ".###. #..## #..## #.#.# ##..# ##..# .###.", "1": "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
        "2": ".###. #...# ....# ..##. .#... #.... #####", "3": "####. ....# ....# .###. ....# ....# ####.",
        "4": "#..#. #..#. #..#. ##### ...#. ...#. ...#.", "5": "##### #.... ####. ....# ....# #...# .###.",
        "6": ".###. #.... #.... ####. #...# #...# .###.", "7": "##### ....# ...#. ...#. ..#.. ..#.. ..#..",
        "8": ".###. #...# #...# .###. #...# #...# .###.", "9": ".###. #...# #...# .#### ....# ....# .###.",
    ].mapValues(glyph)
}
