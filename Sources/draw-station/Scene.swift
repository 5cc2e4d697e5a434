import Foundation
import Station

/// Red, green and blue, 0…255 each, not yet rounded.
struct Colour: Sendable {
    var red: Double
    var green: Double
    var blue: Double

    init(_ red: Double, _ green: Double, _ blue: Double) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// `self` where `share` is 0, `other` where it is 1.
    func mixed(with other: Colour, _ share: Double) -> Colour {
        Colour(
            red + (other.red - red) * share,
            green + (other.green - green) * share,
            blue + (other.blue - blue) * share
        )
    }
}

/// One fictional site, seen from one place: the colour in each direction.
///
/// Everything has a fixed place in the CDF frame (metres, +Y north, Z up, ground at 0), so that two stations of one
/// site show the same pillars from different sides and each picture proves the pose that was delivered with it.
struct Scene: Sendable {
    /// A coloured post on the ground.
    private struct Pillar {
        /// From the eye.
        var x, y: Double
        var radius, height: Double
        var colour: Colour
    }

    /// Metres above the ground.
    private let eye: Double
    private let place: Vector3
    private let sun: Vector3
    private let zenith: Colour
    private let groundTint: Colour
    private let compass = Compass()
    /// Nearest first.
    private let pillars: [Pillar]
    /// No pillar is seen above this slope (rise over run) or below its negative counterpart.
    private let steepestPillar: Double
    private let deepestPillar: Double

    private static let haze = Colour(206, 218, 224)
    private static let ink = Colour(30, 40, 56)

    /// The site as seen from `place`.
    ///
    /// - Parameters:
    ///   - place: Metres in the CDF frame; less than 0.3 m above the ground counts as 1.7 m.
    ///   - hour: The hour of the day (0…24): the sun is in the east at 6 and in the south at 12.
    ///   - seed: Tints sky and ground, so that two stations differ in every pixel.
    init(from place: Vector3, hour: Double, seed: Int) {
        self.place = place
        let eye = place.z < 0.3 ? 1.7 : place.z
        self.eye = eye
        let azimuth = (hour - 6) * 15 * .pi / 180 + .pi / 2
        let elevation = 32 * Double.pi / 180
        sun = Vector3(x: sin(azimuth) * cos(elevation), y: cos(azimuth) * cos(elevation), z: sin(elevation))
        let tint = Double((seed % 7 + 7) % 7)
        zenith = Colour(42 + 6 * tint, 96 + 5 * tint, 176 - 4 * tint)
        groundTint = Colour(150 + 4 * tint, 142 - 2 * tint, 128 - 3 * tint)
        let posts: [(x: Double, y: Double, height: Double, colour: Colour)] = [
            (6, 9, 3.5, Colour(204, 62, 48)), (-7, 8, 2.5, Colour(44, 110, 190)), (12, -4, 5, Colour(222, 170, 36)),
            (-11, -6, 4, Colour(52, 148, 88)), (3, -10, 3, Colour(140, 72, 160)), (0, 22, 6, Colour(232, 120, 40)),
            (-18, 14, 5, Colour(60, 160, 170)), (20, 12, 4.5, Colour(180, 60, 110)),
        ]
        pillars = posts.compactMap { post in
            let (x, y) = (post.x - place.x, post.y - place.y)
            // A camera inside a pillar sees none of it.
            guard (x * x + y * y).squareRoot() > 0.8 else { return nil }
            return Pillar(x: x, y: y, radius: 0.45, height: post.height, colour: post.colour)
        }
        .sorted { $0.x * $0.x + $0.y * $0.y < $1.x * $1.x + $1.y * $1.y }
        let runs = pillars.map { ($0.x * $0.x + $0.y * $0.y).squareRoot() - $0.radius }
        steepestPillar = zip(pillars, runs).map { ($0.height - eye) / $1 }.max() ?? 0
        deepestPillar = runs.map { -eye / $0 }.min() ?? 0
    }

    /// The colour in the direction (`x`, `y`, `z`) of the CDF frame, which need not be normalised.
    func colour(_ x: Double, _ y: Double, _ z: Double) -> Colour {
        let run = (x * x + y * y).squareRoot()
        let slope = z / max(run, 1e-9)
        if slope < steepestPillar + 0.01, slope > deepestPillar - 0.01, let colour = pillar(x / run, y / run, slope) {
            return colour
        }
        return z < 0 ? ground(x, y, z, run: run) : sky(x, y, z, run: run, slope: slope)
    }

    /// The nearest pillar in the level direction (`east`, `north`) of length 1, seen at the given slope.
    private func pillar(_ east: Double, _ north: Double, _ slope: Double) -> Colour? {
        for pillar in pillars {
            let along = east * pillar.x + north * pillar.y
            guard along > 0 else { continue }
            let aside = north * pillar.x - east * pillar.y
            guard abs(aside) < pillar.radius else { continue }
            let distance = along - (pillar.radius * pillar.radius - aside * aside).squareRoot()
            let height = eye + slope * distance
            guard height >= 0, height < pillar.height else { continue }
            // A stripe per metre, and darker towards the sides as round things are.
            let stripe = Int(height) % 2 == 0 ? pillar.colour : pillar.colour.mixed(with: Colour(255, 255, 255), 0.55)
            let side = aside / pillar.radius
            return stripe.mixed(with: Self.ink, 0.55 * side * side)
        }
        return nil
    }

    private func ground(_ x: Double, _ y: Double, _ z: Double, run: Double) -> Colour {
        let reach = eye / -z
        let (east, north) = (place.x + x * reach, place.y + y * reach)
        let distance = run * reach
        // Far away the squares are finer than pixels; they fade out before they would alias.
        let contrast = 1 / (1 + distance * distance / 160)
        let (column, row) = (
            Int(max(-1e6, min(1e6, east.rounded(.down)))), Int(max(-1e6, min(1e6, north.rounded(.down))))
        )
        let isDark = (column &+ row) & 1 == 0
        let square = isDark ? groundTint.mixed(with: Self.ink, 0.45 * contrast) : groundTint
        let centre = distance < 0.35 ? square.mixed(with: Self.ink, 0.8) : square
        return centre.mixed(with: Self.haze, min(0.75, distance / 90))
    }

    private func sky(_ x: Double, _ y: Double, _ z: Double, run: Double, slope: Double) -> Colour {
        let length = (run * run + z * z).squareRoot()
        let towardsSun = (x * sun.x + y * sun.y + z * sun.z) / length
        if towardsSun > 0.9976 { return Colour(255, 244, 196) }
        let rise = z / length
        let blue = Self.haze.mixed(with: zenith, min(1, 1.35 * rise))
        // Streaks of cloud, so that the sky, too, shows its orientation.
        let (east, north) = (x / length, y / length)
        let wave = sin(5 * east + 3 * north + 0.8 + 1.8 * sin(4 * north - 2.6 * east))
        let air = wave > 0.5 && rise > 0.2 ? blue.mixed(with: Self.haze, (wave - 0.5) * min(1, 4 * (rise - 0.2))) : blue
        // The glow around the sun: nothing beyond 25°.
        let glow = max(0, towardsSun - 0.906) / 0.0916
        let lit = glow > 0 ? air.mixed(with: Colour(255, 236, 180), 0.6 * glow * glow) : air
        guard slope < 0.17 else { return lit }
        let elevation = atan(slope) * 180 / .pi
        guard elevation < Compass.height else { return lit }
        if elevation < 0.12 { return Self.ink }
        let azimuth = atan2(x, y) * 180 / .pi
        switch compass.mark(azimuth: azimuth < 0 ? azimuth + 360 : azimuth, elevation: elevation) {
        case .tick, .number: return Self.ink
        case .letter: return Colour(176, 24, 40)
        case nil: return lit
        }
    }
}
