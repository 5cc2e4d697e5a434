import Station
import Status

/// The positions of one level and state in the compact form of large plans: a dot each, and what the script makes marks of.
///
/// All are numbers, in the order of the dots, so that nothing of it needs escaping.
struct PlanDots {
    let state: String
    /// The path of dots: metres, y turned over.
    let points: String
    /// The numbers of the stations that the marks open: the first one, and then how much more each next one is: `17 1 1 -3`.
    let numbers: String
    /// Metres, tenths: `1.6 1.5`.
    let heights: String
    /// Whole degrees, `-` where a front face looks straight up or down: `90 - 271`.
    let headings: String
    /// The marks with several visits by their indices: `3:2 17:4`.
    let visits: String

    /// Those of `positions`, by state.
    static func all(_ positions: [PlanPosition]) -> [PlanDots] {
        var states: [ItemState.Name: [PlanPosition]] = [:]
        for position in positions { states[position.state, default: []].append(position) }
        return ItemState.Name.allCases.compactMap { state in states[state].map { PlanDots(state, $0) } }
    }

    private init(_ state: ItemState.Name, _ positions: [PlanPosition]) {
        self.state = state.rawValue
        var texts = (points: [UInt8](), numbers: [UInt8](), heights: [UInt8](), headings: [UInt8](), visits: [UInt8]())
        var before: Int64 = 0
        for (index, position) in positions.enumerated() {
            texts.points.append(UInt8(ascii: "M"))
            PlanNumber.append(position.position.x, decimals: 2, to: &texts.points)
            texts.points.append(UInt8(ascii: " "))
            PlanNumber.append(-position.position.y, decimals: 2, to: &texts.points)
            texts.points.append(UInt8(ascii: "z"))
            if index > 0 {
                texts.numbers.append(UInt8(ascii: " "))
                texts.heights.append(UInt8(ascii: " "))
                texts.headings.append(UInt8(ascii: " "))
            }
            PlanNumber.append(Double(position.number - before), decimals: 0, to: &texts.numbers)
            before = position.number
            PlanNumber.append(position.position.z, decimals: 1, to: &texts.heights)
            if let heading = position.heading {
                PlanNumber.append(heading, decimals: 0, to: &texts.headings)
            } else {
                texts.headings.append(UInt8(ascii: "-"))
            }
            if position.visits.count > 1 { texts.visits += "\(index):\(position.visits.count) ".utf8 }
        }
        points = String(decoding: texts.points, as: UTF8.self)
        numbers = String(decoding: texts.numbers, as: UTF8.self)
        heights = String(decoding: texts.heights, as: UTF8.self)
        headings = String(decoding: texts.headings, as: UTF8.self)
        visits = String(decoding: texts.visits, as: UTF8.self)
    }
}
