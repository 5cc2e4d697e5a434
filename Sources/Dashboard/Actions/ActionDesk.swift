import Access
import Status

/// Makes forms for pages, and takes them: what the areas share about actions.
struct ActionDesk: Sendable {
    let source: ActionSource
    let tokens = FormTokens()
    let notices: Notices

    /// The forms for one item; nil where the visitor may only look, or nothing can be done.
    func forms(for item: Int64, in context: PageContext) async throws -> ActionForms? {
        guard context.visitor.mayAct, let choices = try await source.choices(item) else { return nil }
        let forms = ActionForms(choices, token: tokens.token(for: context.visitor))
        return forms.isEmpty ? nil : forms
    }

    /// The forms that concern everything; nil where the visitor may only look.
    ///
    /// - Parameters:
    ///   - isPaused: Whether an operator has paused sending.
    ///   - hasFailed: Whether stations have failed.
    func forms(isPaused: Bool, hasFailed: Bool, in context: PageContext) -> ActionForms? {
        guard context.visitor.mayAct else { return nil }
        return ActionForms(isPaused: isPaused, hasFailed: hasFailed, token: tokens.token(for: context.visitor))
    }
}
