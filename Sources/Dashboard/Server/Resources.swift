/// The templates of all areas, by the names under which they include each other.
enum Template: String, CaseIterable, Sendable {
    case layout, error, overview
    case station, seams
    case actions, retraction
    case sites, plan
    case stations, e57

    var source: [UInt8] {
        switch self {
        case .layout: PackageResources.layout_mustache
        case .error: PackageResources.error_mustache
        case .overview: PackageResources.overview_mustache
        case .station: PackageResources.station_mustache
        case .seams: PackageResources.seams_mustache
        case .actions: PackageResources.actions_mustache
        case .retraction: PackageResources.retraction_mustache
        case .sites: PackageResources.sites_mustache
        case .plan: PackageResources.plan_mustache
        case .stations: PackageResources.stations_mustache
        case .e57: PackageResources.e57_mustache
        }
    }
}

extension Pages {
    /// The parts of `/style.css`, in order: each area has a file of its own.
    static var styles: [[UInt8]] {
        [
            PackageResources.style_css,
            PackageResources.overview_css,
            PackageResources.station_css,
            PackageResources.actions_css,
            PackageResources.plan_css,
            PackageResources.stations_css,
        ]
    }

    /// The parts of `/drop360.js`, in order: each does nothing on pages without its elements.
    static var scripts: [[UInt8]] {
        [
            PackageResources.live_js,
            PackageResources.cube_js,
            PackageResources.preview_js,
            PackageResources.actions_js,
            PackageResources.plan_marks_js,
            PackageResources.plan_picture_js,
            PackageResources.plan_names_js,
            PackageResources.plan_hands_js,
            PackageResources.plan_js,
            PackageResources.stations_js,
        ]
    }
}
