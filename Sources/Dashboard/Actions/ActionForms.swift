import Foundation
import Status

/// What `{{> actions}}` shows: a form for each action, and links to those that ask first.
struct ActionForms: Sendable, Equatable {
    struct Button: Sendable, Equatable {
        /// Where the form is posted to.
        var path: String
        var label: PageText
        /// What it does, in one sentence.
        var hint: PageText

        init(path: String, label: String, hint: String) {
            (self.path, self.label, self.hint) = (path, PageText(label), PageText(hint))
        }
    }

    let token: String
    private(set) var buttons: [Button] = []
    /// Pages that ask before anything is done.
    private(set) var links: [Button] = []

    var isEmpty: Bool { buttons.isEmpty && links.isEmpty }

    /// The forms for one item.
    init(_ choices: ActionChoices, token: String) {
        self.token = token
        let item = "/stations/\(choices.item)"
        if let retry = choices.retry {
            let (label, hint) = Self.words(for: retry)
            buttons.append(Button(path: item + "/retry", label: label, hint: hint))
        }
        if choices.replace {
            let hint = "Overwrites what was delivered before under the same ids."
            buttons.append(Button(path: item + "/replace", label: "Replace the other one", hint: hint))
        }
        if choices.givePose {
            let hint = "Writes the images of the other visits again with this station's pose; no files are sent."
            buttons.append(Button(path: item + "/give-pose", label: "Give all visits this pose", hint: hint))
        }
        if choices.lookAgain {
            let hint = "Lists the folder again, in case a change was not noticed."
            buttons.append(Button(path: item + "/look-again", label: "Look again", hint: hint))
        }
        for image in choices.retract {
            let hint = "Shows what would go with \(image) and what would stay, and asks."
            let label = choices.retract.count == 1 ? "Take out of CDF…" : "Take \(image) out of CDF…"
            links.append(Button(path: "\(item)/retract?image=\(Self.query(image))", label: label, hint: hint))
        }
    }

    /// The forms that concern everything.
    init(isPaused: Bool, hasFailed: Bool, token: String) {
        self.token = token
        buttons = [
            isPaused
                ? Button(path: "/resume", label: "Resume", hint: "Continues sending.")
                : Button(
                    path: "/pause",
                    label: "Pause",
                    hint: "Nothing is sent until it is resumed, also after a restart."
                ),
            Button(path: "/look-again", label: "Look again", hint: "Lists all inboxes again now."),
        ]
        if hasFailed {
            buttons.append(
                Button(path: "/retry-failed", label: "Try all failed again", hint: "Tries each of them now.")
            )
        }
    }

    private static func words(for retry: ActionChoices.Retry) -> (label: String, hint: String) {
        switch retry {
        case .again: ("Try again", "Delivers it again, from where it failed.")
        case .now: ("Try now", "Does not wait for the next try.")
        case .inspect: ("Look again", "Inspects it again although nothing has changed.")
        case .deliver: ("Deliver again", "Sends what was taken out of CDF again.")
        }
    }

    /// `text` as a value in the query of an address.
    private static func query(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
