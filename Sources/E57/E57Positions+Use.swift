import Foundation
import Station

extension E57Positions {
    /// What one image is good for.
    enum Use {
        case sphere(E57View)
        case pinhole(E57View)
        /// Nothing, for this reason.
        case none(String)
    }

    static func use(of image: E57Image) -> Use {
        var reason =
            "It is a picture to look at (visual reference) without a projection, so it cannot be turned into faces."
        var pinhole: E57View?
        for representation in image.representations {
            let view = E57View(
                image: image,
                projection: representation.projection,
                picture: representation.picture
            )
            switch representation.projection {
            case .spherical(let pixelWidth, let pixelHeight):
                if isWhole(representation.picture, pixelWidth, pixelHeight) { return .sphere(view) }
                reason = partial(representation.picture, pixelWidth, pixelHeight)
            case .pinhole: pinhole = view
            case .cylindrical:
                if pinhole == nil { reason = "It is a cylindrical picture, which lacks what is above and below." }
            case .none: break
            }
        }
        return pinhole.map { .pinhole($0) } ?? .none(reason)
    }

    /// Within one pixel of 360° by 180°, and what rounding adds.
    private static func isWhole(_ picture: E57Picture, _ pixelWidth: Double, _ pixelHeight: Double) -> Bool {
        abs(Double(picture.width) * pixelWidth - 2 * .pi) <= 1.001 * pixelWidth
            && abs(Double(picture.height) * pixelHeight - .pi) <= 1.001 * pixelHeight
    }

    private static func partial(_ picture: E57Picture, _ pixelWidth: Double, _ pixelHeight: Double) -> String {
        func degrees(_ pixels: Int, _ size: Double) -> String {
            String(format: "%.1f°", Double(pixels) * size * 180 / .pi)
        }
        return
            "It is a partial sphere: \(degrees(picture.width, pixelWidth)) by \(degrees(picture.height, pixelHeight)) instead of 360° by 180°."
    }
}
