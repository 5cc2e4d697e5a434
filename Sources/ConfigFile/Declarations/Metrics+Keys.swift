extension Configuration.Metrics {
    static var keys: Keys<Self> {
        Keys(
            home: "'metrics'",
            blank: Self(),
            keys: [
                Key("listen", \.listen, .listen).shown("an address of this machine; /metrics stands there"),
                Key("names", \.names, .texts(.hostName), printed: { !$0.isEmpty })
                    .forInstance("[box7.plant.example]", "further names under which Prometheus asks"),
            ]
        )
    }
}

extension Form where Value == String {
    /// A host's name, without a port.
    fileprivate static var hostName: Form {
        scalar("a host name", hint: "Names are written box7.plant.example, without scheme and port.") {
            text throws(BadValue) in
            guard text.utf8.count <= 253, text.wholeMatch(of: /[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?/) != nil else {
                throw .quoting("is not a host name")
            }
            return text
        }
    }
}
