import Status

/// The content of the page that asks before an image is taken out of CDF.
struct RetractionPage {
    struct Part {
        var fate: String
        var words: PageText
    }

    let token: String
    let item: Int64
    /// Sent back as it is.
    let image: PageField
    let shownImage: PageText
    let title: PageText
    let parts: [Part]
    let notes: [PageText]
    let files: PageText
    /// That nothing is left to do; nil where something is.
    let done: PageText?

    init(_ preview: RetractionPreview, token: String) {
        self.token = token
        item = preview.item
        image = PageField(preview.image)
        shownImage = PageText(preview.image)
        title = PageText(preview.title)
        parts = preview.parts.map { Part(fate: $0.fate.rawValue, words: PageText($0.words)) }
        notes = preview.notes.map { PageText($0) }
        files = PageText(preview.files)
        done = preview.done.map { PageText($0) }
    }
}
