extension Configuration.Metrics {
    static var keys: Keys<Self> {
        Keys(
            home: "'metrics'",
            blank: Self(),
            keys: [
                Key("listen", \.listen, .listen).shown("an address of this machine; /metrics is served there"),
                Key("names", \.names, .texts(.hostName), printed: { !$0.isEmpty })
                    .forInstance("[box7.plant.example]", "further names under which Prometheus asks"),
            ]
        )
    }
}
