import Station
import Status

extension SitePlanPage.Mark {
    init(_ position: PlanPosition, _ picture: PlanPicture) {
        self.init(
            number: position.number,
            state: position.state.rawValue,
            outline: picture.outline(position),
            name: PageText(printable(position.name, limit: 60)),
            words: PageText(PlanWords.mark(position)),
            visits: position.visits.count > 1 ? .init(position, picture) : nil,
            z: PlanPicture.number(position.position.z),
            heading: position.heading.map { PlanNumber.text($0, decimals: 0) }
        )
    }
}

extension SitePlanPage.Visits {
    init(_ position: PlanPosition, _ picture: PlanPicture) {
        let (x, y) = picture.beside(position.position)
        self.init(count: position.visits.count, x: x, y: y)
    }
}

extension SitePlanPage.Finding {
    init(_ finding: PlanFinding, _ plan: SitePlan) {
        let shown = finding.positions.prefix(Self.shown)
        self.init(
            kind: finding.kind.rawValue,
            stations: shown.map {
                .init(number: plan.positions[$0].number, name: PageText(plan.positions[$0].name))
            },
            more: finding.positions.count > shown.count ? finding.positions.count - shown.count : nil,
            words: finding.words
        )
    }
}

extension SitePlanPage.Legend {
    static let all: [Self] = [
        ("in CDF", .registered), ("on its way", .uploading), ("incomplete", .incomplete), ("rejected", .rejected),
        ("failed", .failed),
    ].map { words, state in
        Self(words: words, state: state.rawValue, outline: "M0 0" + PlanShape.shape(of: state).path(radius: 1))
    }
}
