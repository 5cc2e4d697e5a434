// The names that programs give their columns, folded.
extension PoseColumn {
    /// Columns that name the folder, best first.
    private static let names = [
        "folder", "path", "folderpath", "directory", "ordner", "pfad", "stationid", "station", "standpunkt", "scanname",
        "setup", "setupname", "scanposition", "positionname", "filename", "filepath", "file", "image", "imagename",
        "imagefile", "imagepath", "panorama", "panoramaname", "pano", "panoname", "datei", "dateiname", "bild", "scan",
        "scanid", "mappe", "dossier", "stasjon", "navn", "nom", "name", "location", "stationname", "setupid", "id",
        "uuid", "guid",
    ]

    private static let axisNames: [[String]] = [
        [
            "x", "posx", "xpos", "positionx", "xposition", "xcoordinate", "coordinatex", "xcoord", "coordx",
            "xkoordinate",
            "tx", "translationx", "locationx", "locx", "centerx", "centrex", "originx", "easting", "east", "eastings",
            "rechtswert", "ostwert", "øst", "ost", "panoposx", "scanposx", "prsrx", "camerax", "camx", "setupx",
            "stationx", "e",
        ],
        [
            "y", "posy", "ypos", "positiony", "yposition", "ycoordinate", "coordinatey", "ycoord", "coordy",
            "ykoordinate",
            "ty", "translationy", "locationy", "locy", "centery", "centrey", "originy", "northing", "north",
            "northings",
            "hochwert", "nordwert", "nord", "panoposy", "scanposy", "prsry", "cameray", "camy", "setupy", "stationy",
            "n",
        ],
        [
            "z", "posz", "zpos", "positionz", "zposition", "zcoordinate", "coordinatez", "zcoord", "coordz",
            "zkoordinate",
            "tz", "translationz", "locationz", "locz", "centerz", "centrez", "originz", "elevation", "elev", "height",
            "altitude", "höhe", "hoehe", "høyde", "panoposz", "scanposz", "prsrz", "cameraz", "camz", "setupz",
            "stationz", "h",
        ],
    ]

    private static let quaternionNames: [[String]] = ["w", "x", "y", "z"].map { part in
        [
            "q\(part)", "quaternion\(part)", "quat\(part)", "rotationquaternion\(part)", "panoori\(part)", "ori\(part)",
            "orientation\(part)", "qrs\(part)", "quaternionq\(part)", "rotq\(part)", "q\(part)rotation",
        ]
    }

    private static let rotationAxisNames: [[String]] = [("x", "i"), ("y", "j"), ("z", "k")].map { part, letter in
        [
            "rotationvector\(letter)", "rotationvector\(part)", "rotationaxis\(letter)", "rotationaxis\(part)",
            "axis\(letter)", "axis\(part)", "rotaxis\(part)", "rotvector\(letter)", "rotvector\(part)",
        ]
    }

    static let roles: [String: Role] = {
        var roles: [String: Role] = [:]
        func add(_ role: Role, _ keys: [String]) { for key in keys { roles[key] = role } }
        for (rank, name) in names.enumerated() { roles[name] = .name(rank) }
        for (part, names) in axisNames.enumerated() { add(.position(part), names) }
        for (part, names) in quaternionNames.enumerated() { add(.quaternion(part), names) }
        for (part, names) in rotationAxisNames.enumerated() { add(.axis(part), names) }
        add(.angle, ["rotationangle", "rotangle", "angle", "axisangle"])
        add(.heading, ["heading", "azimuth", "azimut", "bearing"])
        add(.pitch, ["pitch"])
        add(.roll, ["roll"])
        add(.time(.stated), ["timetaken"])
        add(
            .time(.instant),
            [
                "timestamp", "time", "datetime", "acquisitiontime", "capturetime", "captured", "capturedat", "takenat",
                "taken",
                "scantime", "utc", "utctime", "timeutc", "epoch", "unixtime", "zeitstempel", "aufnahmezeit", "aufnahme",
                "zeit",
                "uhrzeit", "created", "createdat", "creationtime", "scandatetime", "stamp",
            ]
        )
        add(.time(.date), ["date", "datum", "scandate", "capturedate", "aufnahmedatum"])
        add(.time(.gps), ["gpstime", "gpsseconds", "gpstow", "gpssow", "sow", "tow", "gpsweek", "gpssecondsofweek"])
        add(
            .text,
            ["siteid", "sitename", "label", "collectionlabel", "unit", "frame"]
        )
        add(
            .number,
            ["eulerrotationx", "eulerrotationy", "eulerrotationz", "scalex", "scaley", "scalez"]
        )
        add(.foreign(.yaw), ["yaw", "course", "track"])
        add(.foreign(.photogrammetric), ["omega", "phi", "kappa"])
        add(.foreign(.geographic), ["latitude", "longitude", "lat", "long", "lon", "lng"])
        add(.foreign(.numberedQuaternion), ["q0", "q1", "q2", "q3", "q4"])
        add(.foreign(.pan), ["pan", "tilt"])
        for prefix in ["rc", "m", "r", "rot", "t"] {
            for row in 0...4 { for column in 0...4 { roles["\(prefix)\(row)\(column)"] = .foreign(.matrix) } }
        }
        return roles
    }()
}
