import ConfigFile
import Testing

/// Who may see the page: what is right, and what is refused.
struct DashboardKeyTests {
    private static let elsewhere =
        "Listen on 127.0.0.1; or give 'users-file' and 'tls'; or put a proxy in front of it and give 'behind-proxy'."

    private static func lines(_ dashboard: String) -> [String] {
        Sample.lines(Sample.minimal + "dashboard: \(dashboard)\n")
    }

    @Test(arguments: [
        "{}", "{listen: 127.0.0.1:1}", "{listen: 'localhost:1'}", "{listen: '[::1]:1'}", "{listen: 127.3.2.1:1}",
        "{listen: 127.0.0.1:1, users-file: /u}", "{listen: 127.0.0.1:1, tls: {certificate: /c, key: /k}}",
        "{listen: '0.0.0.0:1', users-file: /u, tls: {certificate: /c, key: /k}}",
        "{listen: 'box:1', behind-proxy: {trusted: 10.0.0.0/24}}",
        "{listen: '[::]:1', behind-proxy: {trusted: [127.0.0.1, 'fd00::/8'], user-header: X-Remote-User}}",
        "{listen: '10.0.0.1:1', users-file: /u, behind-proxy: {trusted: [10.0.0.2]}, names: [a.example, b]}",
    ])
    func `a page is for this machine, or has users and TLS, or is behind a proxy`(dashboard: String) throws {
        #expect(Self.lines(dashboard) == [])
        // What is printed is read again as the same.
        let configuration = try Sample.load(Sample.minimal + "dashboard: \(dashboard)\n")
        #expect(
            configuration.dashboard.listen.isLoopback == !dashboard.contains(/0\.0\.0\.0:|box|\[::\]:|10\.0\.0\.1:/)
        )
        #expect(configuration.rendered().contains("behind-proxy") == dashboard.contains("behind-proxy"))
    }

    @Test(arguments: [
        ("{listen: '0.0.0.0:80'}", "and 'tls' are missing"),
        ("{listen: '[::]:80', users-file: /u}", "'tls' is missing"),
        ("{listen: '10.0.0.1:80', tls: {certificate: /c, key: /k}}", "'users-file' is missing"),
        ("{listen: 'box.example:80'}", "and 'tls' are missing"),
        ("{listen: '127.evil.example:80'}", "and 'tls' are missing"),
        ("{listen: '[::ffff:10.0.0.1]:80'}", "and 'tls' are missing"),
    ])
    func `a page that others can reach without a password is refused`(dashboard: String, missing: String) throws {
        let lines = Self.lines(dashboard)
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.contains("dashboard.listen:") && line.contains("can be reached from other machines"))
        #expect(line.contains(missing) && line.hasSuffix(Self.elsewhere), "\(line)")
    }

    @Test(arguments: [
        ("{behind-proxy: {}}", "dashboard.behind-proxy.trusted: is missing"),
        ("{behind-proxy: {trusted: []}}", "dashboard.behind-proxy.trusted: is empty"),
        ("{behind-proxy: {trusted: [0.0.0.0/0]}}", "is every address"),
        ("{behind-proxy: {trusted: ['::/0']}}", "is every address"),
        ("{behind-proxy: {trusted: [proxy.example]}}", "is not an address"),
        ("{behind-proxy: {trusted: [127.0.0.1], user-header: 'X User'}}", "is not the name of a header"),
        ("{behind-proxy: {trusted: [127.0.0.1], user-header: Authorization}}", "has another meaning"),
        ("{behind-proxy: {trusted: [127.0.0.1], user-header: X}, users-file: /u}", "has no effect with"),
        ("{behind-proxy: {trusted: [127.0.0.1]}, tls: {certificate: /c, key: /k}}", "cannot be combined with"),
        ("{tls: {certificate: /c}}", "dashboard.tls.key: is missing"),
        ("{tls: {key: /k}}", "dashboard.tls.certificate: is missing"),
        ("{names: ['a:80']}", "is not a host name"), ("{names: ['http://a']}", "is not a host name"),
        ("{users-file: users}", "is not an absolute path"), ("{user-file: /u}", "Did you mean 'users-file'?"),
    ])
    func `what does not fit together is refused`(dashboard: String, words: String) {
        let lines = Self.lines(dashboard)
        #expect(lines.count == 1 && lines.allSatisfy { $0.contains(words) }, "\(lines)")
    }
}
