/// `text` as one word of a command line that is shown to operators: quoted where a shell would take it apart.
package func shellWord(_ text: String) -> String {
    let text = printable(text)
    let isPlain =
        !text.isEmpty
        && text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || "_-./:~+,@%".unicodeScalars.contains($0)
        }
    return isPlain && !text.hasPrefix("-") && !text.hasPrefix("~")
        ? text : "'" + text.replacing("'", with: #"'\''"#) + "'"
}
