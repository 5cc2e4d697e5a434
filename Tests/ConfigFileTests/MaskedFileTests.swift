import ConfigFile
import Testing

/// What may be shown of a configuration file, valid or not.
struct MaskedFileTests {
    private func masked(_ text: String, environment: [String: String] = [:]) -> MaskedFile {
        MaskedFile(text, environment: environment)
    }

    @Test func `what is valid and open is shown as it is`() {
        let text = """
            version: 1
            cognite:
              host: https://westeurope-1.cognitedata.com
              project: plant
              idp-authentication:
                tenant: 00000000-0000-0000-0000-000000000000
                client-id: ${COGNITE_CLIENT_ID}
                secret: ${COGNITE_CLIENT_SECRET}
                scopes: [https://westeurope-1.cognitedata.com/.default]
            state: /var/lib/drop360
            inboxes:
              - path: "/srv/in"
                after: keep
                reports: off
                faces: matterport-skybox
                e57: {extract: cdf, model: "Site A"}
                site: {id: site-a, name: Site A}
                offset: {x: 500000.5, y: 0, z: 0}
                ignore:
                  - "*.bak"
            dashboard: {listen: "127.0.0.1:3600", tls: {certificate: /c.pem, key: /k.pem}}
            """
        let file = masked(text, environment: ["COGNITE_CLIENT_SECRET": "hush-hush"])
        #expect(file.text == text)
        #expect(file.state == "/var/lib/drop360")
        #expect(file.secrets == ["hush-hush"])
    }

    @Test(arguments: [
        "    secret: planted-1\n", "    secret: 'planted-1 # x'\n", "    \"secret\": \"planted-1\",\n",
        "    secret:planted-1\n",
        "    secret: |\n      planted-1\n      planted-2\n", "    secret:\n      planted-1\n",
        "    secret: plain\n      planted-1\n",
        "    secret: a\nplanted-1\n", "    secret: \"a\n      key: planted-1\n", "    clientsecret: planted-1\n",
        "    secert: [planted-1]\n",
        "    pasword:\n      - planted-1\n", "    password: ${NAME}planted-1\n", "# secret: planted-1\n",
        "    project: p # planted-1\n",
        "  {idp-authentication: {secret: planted-1, tenant: t}}\n", "x: {secret: planted-1\n",
        "a: {b: [planted-1, {c: planted-2}]}\n",
        "idp-authentication: {tenant: t,\n  secret: planted-1,\n  client-id: c}\n",
        "    proxy: http://user:planted-1@proxy.example:3128\n", "    proxy: 'http://u:pl@nted/planted-1@h:3128'\n",
        "    token-url: https://a.example/t?code=planted-1\n", "idp-authentication: planted-1\n",
        "  - webhook: {url: https://h.example/planted-1}\n", "  - webhook: {url: 'https://h.example/x?k=planted-1'}\n",
        "  - webhook:\n      url: https://h.example/planted-1\n", "  - webhook: https://h.example/planted-1\n",
        "  - webhook: {uri: https://h.example/planted-1}\n", "      url: h.example/planted-1\n",
        "  - command: {run: [/bin/tell, planted-1]}\n",
        "  - command: {run: [/bin/tell, -pplanted-1, --key=planted-2]}\n",
        "  - command: {run: [/bin/tell,\n      planted-1], on: [failed]}\n",
        "  - command:\n      run:\n        - /bin/tell\n        - planted-1\n",
        "      run:\n      - /bin/tell\n      - planted-1\n      - \"planted-2\"\n",
        "  - command: [/bin/tell, planted-1]\n",
        "  - command: /bin/tell planted-1\n", "      run: /bin/tell planted-1\n", "\tsecret: planted-1\n",
        "planted-1\n", "- planted-1\n",
        "%planted-1\n", "? planted-1\n: planted-2\n", "secret: &a planted-1\n",
        "secret: {planted-1\n  planted-2: planted-3}\n",
        "secret: planted-1\r\nproject: p\r\n", "host: https://planted-1:planted-2@h.example\n",
    ])
    func `no form of a secret is shown, and every line is still there`(text: String) {
        for text in [text, "version: 1\ncognite:\n" + text + "target: {space: s}\n"] {
            let shown = masked(text).text
            #expect(!shown.contains("planted-"), "\(text) became \(shown)")
            #expect(
                shown.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
                    == text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
            )
            if text.hasSuffix("target: {space: s}\n") { #expect(shown.hasSuffix("target: {space: s}\n"), "\(shown)") }
        }
    }

    @Test func `what is hidden is known, so that it is hidden elsewhere`() {
        let text = """
            secret: 'inline-1'
            connection: {proxy: "http://u:p%2Fw-2@h:1", proxy-password-file: /etc/pw}
            notifications:
              - webhook: {url: "https://h.example/services/T0AB12CD/x", secret-file: /etc/hook}
              - command: {run: [/bin/tell, "true", aaaabbbbccccdddd1234]}
            """
        let file = masked(text)
        #expect(
            file.secrets.isSuperset(of: [
                "inline-1", "p%2Fw-2", "p/w-2", "/services/T0AB12CD/x", "T0AB12CD", "aaaabbbbccccdddd1234",
            ])
        )
        #expect(!file.secrets.contains("true"))
        #expect(file.secretFiles == ["/etc/pw", "/etc/hook"])
    }

    @Test func `arguments are hidden where they are printed, options are not`() throws {
        let text = "notifications:\n  - command: {run: [/bin/tell, --to, crew, -p, -phush, --key=hush, 'true']}\n"
        let configuration = try Sample.load(Sample.minimal + text)
        let command = try #require(configuration.notifications.first?.command)
        #expect(!configuration.rendered().contains("hush"))
        #expect(
            command.shownWords == ["/bin/tell", "--to", "(hidden)", "-p", "(hidden)", "--key=(hidden)", "(hidden)"]
        )
        #expect(command.secretWords == ["hush"])
    }
}
