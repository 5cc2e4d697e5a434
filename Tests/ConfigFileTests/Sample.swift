import ConfigFile

/// Texts that the tests begin with.
enum Sample {
    /// What every test that needs variables uses.
    static let environment = ["COGNITE_CLIENT_ID": "app-1", "COGNITE_CLIENT_SECRET": "s3cret-Value!"]

    /// The least that is accepted.
    ///
    /// Tests name its lines by number.
    static let minimal = """
        version: 1
        cognite:
          host: https://c.example.com
          project: plant
          idp-authentication:
            tenant: t-1
            client-id: app
            secret: shh-quiet
        target:
          space: plant_360
        inboxes:
          - path: /srv/in

        """

    /// Every key that the format has, all of them right.
    static let full = """
        version: 1
        cognite:
          host: https://c.example.com/
          project: plant
          idp-authentication:
            tenant: t-1
            authority: https://login.example.com
            client-id: app
            secret: shh-quiet
            scopes: [one, two]
            resource: res
            audience: aud
            min-ttl: 45s
          data-set: {external-id: ds}
          extraction-pipeline: {external-id: ep}
          files: {labels: [l], security-categories: [5], source: rig, directory: /plant}
          timeout: 20
        target: {model: image360, space: plant_360, external-id-prefix: "s1:"}
        state: /var/lib/drop360
        inboxes:
          - path: /srv/in
            site: {id: site-a, name: Site A}
            after: keep
            reports: beside
            settle: 300ms
            detection: auto
            ignore: ["*.bak", "x?"]
            time-zone: Europe/Oslo
            offset: {x: 500000.5, y: 6600000, z: -3}
            min-face: 256
            max-face: 8192
            report-after: 1h
            pose-drift: accept
            faces: matterport-skybox
            seams: reject
            e57: {extract: cdf, model-id: 123}
        upload:
          concurrency: 4
          bandwidth: 20Mbit/s
          timetable: "07:00,2Mbit/s 19:00,off"
        dashboard: {listen: "0.0.0.0:80", names: [p.example], users-file: /u, tls: {certificate: /t, key: /k}}
        metrics: {listen: "[::1]:9360", names: [box7.plant.example]}
        logger: {level: DEBUG}
        notifications:
          - webhook: {url: "https://hooks.example.com:8443", secret-file: /etc/hook, on: [rejected, offline]}
          - command: {run: [/usr/local/bin/tell, "a b"], on: failed, timeout: 10s}
        messages: {box: box-7, offline-after: 5m, disk-low: 2GiB}

        """

    /// The configuration in `text`.
    static func load(
        _ text: String,
        environment: [String: String] = environment
    ) throws(ConfigurationError) -> Configuration {
        try Configuration.parse(text, file: "c.yaml", environment: environment)
    }

    /// What is wrong in `text`; empty where nothing is.
    static func problems(
        _ text: String,
        environment: [String: String] = environment
    ) -> [ConfigurationProblem] {
        do throws(ConfigurationError) {
            _ = try load(text, environment: environment)
            return []
        } catch {
            return error.problems
        }
    }

    /// What is printed about `text`, one line per problem.
    static func lines(_ text: String, environment: [String: String] = environment) -> [String] {
        problems(text, environment: environment).map { "c.yaml:\($0)" }
    }
}
