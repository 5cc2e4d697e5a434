import Foundation
import Station
import Status

/// The operator's page: one HTML document without scripts, rendered anew for each request.
struct StatusPage {
    var status: DaemonStatus
    var now: Date

    var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>drop360: \(escaped(headline))</title><style>\(Self.style)</style></head>
        <body><header><h1>drop360</h1><p class="\(status.online && !status.paused ? "good" : "bad")">\(escaped(headline))</p></header>
        <main>\(inboxes)\(counts)\(transfers)\(recent)\(detection)</main>
        <footer>drop360 \(escaped(status.version)), \(escaped(time(now))). The same as JSON: <a href="/status.json">status.json</a></footer>
        </body></html>
        """
    }

    private var headline: String {
        if let since = status.pausedSince {
            return "Nothing is sent: paused since \(time(since)). `drop360 resume` goes on."
        }
        if status.online { return "Connected to CDF." + limit }
        if let since = status.offlineSince {
            return "Nothing can be delivered since \(time(since)). \(status.offlineReason ?? "")"
        }
        return "Connecting to CDF…"
    }

    private var limit: String {
        status.rateLimit.map {
            " At most \((Double($0) * 8 / 1e6).formatted(.number.precision(.significantDigits(1...3)))) Mbit/s go out now."
        } ?? ""
    }

    private var inboxes: String {
        status.inboxes.map { inbox in
            "<p class=\"inbox \(inbox.available ? "good" : "bad")\"><b>\(escaped(inbox.path))</b> \(escaped(inbox.words))</p>"
                + (inbox.reportsTrouble.map { "<p class=\"bad\">\(escaped(inbox.path)): \(escaped($0))</p>" } ?? "")
        }.joined() + status.reportsElsewhere.map { "<p class=\"bad\">\(escaped($0.words))</p>" }.joined()
    }

    private var counts: String {
        let cells = ItemState.Name.allCases.map { name in
            "<div class=\"\(name.rawValue)\"><b>\(status.counts[name.rawValue] ?? 0)</b><span>\(name.rawValue)</span></div>"
        }
        return "<section class=\"counts\">\(cells.joined())</section>"
    }

    private var transfers: String {
        status.transfers.map { transfer in
            let percent = transfer.total > 0 ? Int(max(0, transfer.sent) * 100 / transfer.total) : 0
            return
                "<p>\(escaped(transfer.path)) <progress max=\"100\" value=\"\(percent)\"></progress> \(percent) %</p>"
        }.joined()
    }

    private var recent: String {
        guard !status.recent.isEmpty else { return "<p>No station has been seen yet. Copy one into the inbox.</p>" }
        let rows = status.recent.map { station in
            """
            <tr class="\(station.state.rawValue)"><td>\(station.station)</td><td>\(escaped(station.path))</td>\
            <td class="state">\(station.state.rawValue)</td><td>\(escaped(station.words ?? station.image ?? ""))</td>\
            <td>\(escaped(time(station.changedAt)))</td></tr>
            """
        }
        return
            "<table><thead><tr><th>No.</th><th>Station</th><th>State</th><th></th><th>Since</th></tr></thead><tbody>\(rows.joined())</tbody></table>"
    }

    private var detection: String {
        guard let detection = status.detection else { return "" }
        return "<p class=\"detection\">\(escaped(detection.words))</p>"
    }

    private func time(_ date: Date) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "yyyy-MM-dd HH:mm:ss 'UTC'"
        return format.string(from: date)
    }

    /// Names come from crews: nothing of them may be read as markup.
    private func escaped(_ text: String) -> String {
        var result = ""
        for character in printable(text, limit: 2000) {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }

    private static let style = """
        body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem;color:#1c2430;background:#f7f8fa}
        h1{margin:0;font-size:1.4rem}header p{margin:.2rem 0 1rem}.good{color:#17663a}.bad{color:#a3261c}
        .counts{display:flex;flex-wrap:wrap;gap:.5rem;margin:1rem 0}.counts div{background:#fff;border:1px solid #d9dee5;border-radius:.4rem;padding:.4rem .9rem;text-align:center}
        .counts b{display:block;font-size:1.4rem}table{border-collapse:collapse;width:100%;background:#fff}
        th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #e4e8ee;vertical-align:top}td.state{font-weight:600}
        tr.registered .state{color:#17663a}tr.rejected .state,tr.failed .state{color:#a3261c}tr.incomplete .state{color:#8a5a00}
        footer,.detection{margin-top:2rem;color:#5b6675;font-size:.85rem}progress{width:12rem}
        @media(prefers-color-scheme:dark){body{background:#12161c;color:#e3e8ef}.counts div,table{background:#1b212a;border-color:#2d3642}th,td{border-color:#2d3642}
        .good,tr.registered .state{color:#6fd39a}.bad,tr.rejected .state,tr.failed .state{color:#ff8a80}tr.incomplete .state{color:#f0c060}a{color:#8ab4ff}}
        """
}
