import Access
import HTTPTypes
import Hummingbird
import Status

/// The addresses that forms are posted to, and the page that asks before an image is taken out of CDF.
struct ActionArea: PageArea {
    let desk: ActionDesk

    func add(to router: Router<PageContext>, frame: PageFrame) {
        add("/pause", to: router) { _, _ in .pause }
        add("/resume", to: router) { _, _ in .resume }
        add("/look-again", to: router) { _, _ in .lookEverywhere }
        add("/retry-failed", to: router) { _, _ in .retryFailed }
        add("/stations/:number/retry", to: router) { number, _ in .retry(number) }
        add("/stations/:number/replace", to: router) { number, _ in .replace(number) }
        add("/stations/:number/give-pose", to: router) { number, _ in .givePose(number) }
        add("/stations/:number/look-again", to: router) { number, _ in .lookAgain(number) }
        add("/stations/:number/retract", taking: ["image", "files"], to: router) { number, fields in
            guard let image = fields["image"], !image.isEmpty else {
                throw PageError.badRequest("The form names no image. Nothing was changed.")
            }
            return .retract(number, image: image, withFiles: fields["files"] == "yes")
        }
        router.get("/stations/:number/retract") { request, context in
            let number = try Self.number(in: context)
            try expectRights(of: context)
            guard let image = request.uri.queryParameters["image"].map(String.init), !image.isEmpty else {
                throw PageError.badRequest("The address names no image.", advice: "Start on the station's page.")
            }
            switch try await desk.source.preview(number, image) {
            case .failure(let refused): throw PageError(status: .conflict, words: refused.words)
            case .success(let preview):
                let page = RetractionPage(preview, token: desk.tokens.token(for: context.visitor))
                return frame.page(.retraction, title: "Take out of CDF?", section: "/stations", content: page)
            }
        }
    }

    /// Adds one action.
    ///
    /// - Parameter action: Makes it of the station's number, 0 for all, and the form's fields.
    private func add(
        _ path: String,
        taking names: Set<String> = [],
        to router: Router<PageContext>,
        _ action: @escaping @Sendable (Int64, FormFields) throws -> OperatorAction
    ) {
        let hasNumber = path.contains(":number")
        router.post(RouterPath(path)) { request, context in
            try expectRights(of: context)
            let fields = try await FormFields.read(request, on: context.channel, expecting: names.union(["token"]))
            guard desk.tokens.accepts(fields["token"] ?? "", from: context.visitor) else {
                throw PageError(
                    status: .forbidden,
                    words: """
                        The page with this form is out of date: since it was loaded, drop360 was restarted or reloaded, or another user has logged \
                        in. Nothing was changed.
                        """,
                    advice: "Go back, load the page again, and try once more."
                )
            }
            let action = try action(hasNumber ? Self.number(in: context) : 0, fields)
            let result = try await desk.source.perform(action, context.visitor)
            let key = desk.notices.add(Notice(result), for: context.visitor)
            return Response(status: .seeOther, headers: [.location: Self.place(after: action, notice: key)])
        }
    }

    /// Refuses visitors who may only look.
    private func expectRights(of context: PageContext) throws(PageError) {
        guard context.visitor.mayAct else {
            throw PageError(
                status: .forbidden,
                words: "You may look, but not act. Nothing was changed.",
                advice: "Ask the administrator: `drop360 dashboard add-user` without `--viewer`."
            )
        }
    }

    private static func number(in context: PageContext) throws(PageError) -> Int64 {
        guard let number = context.parameters.get("number").flatMap({ Int64($0) }), number > 0 else {
            throw .notFound("There is no station of this number.")
        }
        return number
    }

    /// Where the browser goes next: an address of ours, whatever the form said.
    private static func place(after action: OperatorAction, notice key: String) -> String {
        if let item = action.item { return "/stations/\(item)?notice=\(key)" }
        return action == .retryFailed ? "/stations?notice=\(key)" : "/?notice=\(key)"
    }
}
