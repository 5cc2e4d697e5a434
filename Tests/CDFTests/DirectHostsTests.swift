import Testing

@testable import CDF

struct DirectHostsTests {
    @Test(arguments: [
        (
            ["cdf.example.com"], ["cdf.example.com", "CDF.Example.com.", "a.cdf.example.com"],
            ["example.com", "xcdf.example.com"]
        ),
        ([".corp"], ["a.corp", "a.b.corp", "corp"], ["acorp", "a.corp.example"]),
        (["*.corp"], ["a.corp"], ["acorp"]),
        (["*"], ["cdf.example.com", "10.0.0.1", "fd00::1"], []),
        (["10.0.0.0/8"], ["10.1.2.3", "::ffff:10.1.2.3"], ["11.0.0.1", "10.example.com", "fd00::1"]),
        (["192.168.7.128/25"], ["192.168.7.128", "192.168.7.255"], ["192.168.7.127"]),
        (["192.0.2.7"], ["192.0.2.7"], ["192.0.2.70", "192.0.2.8", "7.192.0.2.7"]),
        (["fd00::/8", "[2001:db8::1]"], ["fd12::1", "[fd12::1]", "2001:db8::1"], ["fe80::1", "2001:db8::2"]),
        (["0.0.0.0/0"], ["192.0.2.7"], ["cdf.example.com", "fd00::1"]),
        (["10.0.0.0/33", "10.0.0.0/x", "", ".", "a/8"], [], ["10.0.0.1", "a"]),
    ])
    func `hosts are reached directly as curl reads NO_PROXY`(entries: [String], direct: [String], proxied: [String]) {
        let hosts = DirectHosts(entries)
        for host in direct { #expect(hosts.contains(host), "\(host)") }
        for host in proxied { #expect(!hosts.contains(host), "\(host)") }
    }

    @Test func `this machine is never reached through a proxy`() {
        for host in ["localhost", "LOCALHOST.", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "::ffff:127.0.0.1"] {
            #expect(DirectHosts().contains(host), "\(host)")
        }
        for host in ["127.example.com", "localhost.example.com", "128.0.0.1", "::2"] {
            #expect(!DirectHosts().contains(host), "\(host)")
        }
    }
}
