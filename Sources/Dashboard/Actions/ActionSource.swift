package import Access
package import Status

/// What the page's forms can have done, and how.
package struct ActionSource: Sendable {
    /// What came of an action.
    package struct Result: Sendable, Equatable {
        /// For the operator.
        package var words: String
        /// Whether it was done; otherwise the words say why not.
        package var isDone: Bool

        package init(words: String, isDone: Bool) { (self.words, self.isDone) = (words, isDone) }
    }

    /// What can be done about one item now; nil where there is none of this number.
    package var choices: @Sendable (Int64) async throws -> ActionChoices?
    /// What would go with an image of one item; the result says why it cannot be retracted.
    package var preview: @Sendable (Int64, _ image: String) async throws -> Swift.Result<RetractionPreview, Refused>
    /// Carries an action out, writes it into the log, and wakes whoever is concerned.
    package var perform: @Sendable (OperatorAction, Visitor) async throws -> Result

    /// Why something cannot be done, for the operator.
    package struct Refused: Error, Sendable, Equatable {
        package var words: String

        package init(words: String) { self.words = words }
    }

    package init(
        choices: @escaping @Sendable (Int64) async throws -> ActionChoices?,
        preview: @escaping @Sendable (Int64, _ image: String) async throws -> Swift.Result<RetractionPreview, Refused>,
        perform: @escaping @Sendable (OperatorAction, Visitor) async throws -> Result
    ) {
        (self.choices, self.preview, self.perform) = (choices, preview, perform)
    }
}
