import ConfigFile
import Testing

struct RefusalTests {
    @Test(arguments: [
        Refusal(
            "version: 1",
            "version: 2",
            line: 1,
            "version: '2' is not supported: only version 1 is."
        ),
        Refusal("version: 1", "# nothing", line: 1, "version: is missing. Start the file with 'version: 1'."),
        Refusal(
            "state: /var",
            "state: var",
            line: 19,
            "state: 'var/lib/drop360' is not an absolute path. Write the whole path, starting with '/'."
        ),
        Refusal("state: /var/lib/drop360", "state:", line: 19, "state: has no value. Give one, or delete the key."),
        Refusal(
            "state: /var/lib/drop360",
            "state: /var/../lib",
            line: 19,
            "state: '/var/../lib' contains '..'. Write the whole path, starting with '/'."
        ),
        Refusal(
            "state: /var/lib/drop360",
            "state: [/var]",
            line: 19,
            "state: must be an absolute path. Write the whole path, starting with '/'."
        ),
        Refusal(
            "{level: DEBUG}",
            "{level: infos}",
            line: 43,
            "logger.level: 'infos' is not allowed here; it must be one of: trace, debug, info, notice, warning, error, "
                + "critical. Did you mean 'info'?"
        ),
        Refusal("{level: DEBUG}", "loud", line: 43, "logger: must be a map of keys. Its keys are: level."),
        Refusal(
            "\"0.0.0.0:80\"",
            "\"0.0.0.0\"",
            line: 41,
            "dashboard.listen: '0.0.0.0' is not host:port. It is written 127.0.0.1:3600 or [::1]:3600."
        ),
        Refusal(
            "\"0.0.0.0:80\"",
            "\"a:70000\"",
            line: 41,
            "dashboard.listen: 'a:70000' has no valid port. It is written 127.0.0.1:3600 or [::1]:3600."
        ),
        Refusal(
            "{listen: \"[::1]:9360\",",
            "{listen: \"::1:9360\",",
            line: 42,
            "metrics.listen: '::1:9360' is not host:port. It is written 127.0.0.1:3600 or [::1]:3600."
        ),
        Refusal(
            "names: [box7.plant.example]",
            "names: [\"box7.plant.example:9360\"]",
            line: 42,
            "metrics.names[0]: 'box7.plant.example:9360' is not a host name. Names are written box7.plant.example, without scheme and port."
        ),
        Refusal("concurrency: 4", "concurrency: 0", line: 38, "upload.concurrency: '0' is not between 1 and 64."),
        Refusal("concurrency: 4", "concurrency: 65", line: 38, "upload.concurrency: '65' is not between 1 and 64."),
        Refusal(
            "concurrency: 4",
            "concurrency: many",
            line: 38,
            "upload.concurrency: 'many' is not a whole number from 1 to 64."
        ),
        Refusal(
            "concurrency: 4",
            "concurrency: 4.5",
            line: 38,
            "upload.concurrency: '4.5' is not a whole number from 1 to 64."
        ),
        Refusal(
            "20Mbit/s",
            "20Mb/s",
            line: 39,
            "upload.bandwidth: '20Mb/s' is not a rate. Rates are written 20Mbit/s or 4MB/s."
        ),
        Refusal(
            "07:00,2Mbit/s 19:00,off",
            "19:00,off 07:00,1MB/s",
            line: 40,
            "upload.timetable: '19:00,off 07:00,1MB/s' is not a timetable. Timetables are written \"07:00,2Mbit/s 19:00,off\", "
                + "in the order of the day."
        ),
        Refusal(
            "concurrency: 4",
            "concurency: 4",
            line: 38,
            "upload.concurency: unknown key. Did you mean 'concurrency'?"
        ),
        Refusal(
            "concurrency: 4",
            "settle: 4s",
            line: 38,
            "upload.settle: unknown key. 'settle' belongs in an entry of 'inboxes'."
        ),
        Refusal(
            "concurrency: 4",
            "zzz: 4",
            line: 38,
            "upload.zzz: unknown key. Keys allowed here: concurrency, bandwidth, timetable."
        ),
        Refusal("upload:\n", "uploads:\n", line: 37, "uploads: unknown key. Did you mean 'upload'?"),
        Refusal("upload:\n", "Upload:\n", line: 37, "Upload: unknown key. Did you mean 'upload'?"),
        Refusal("upload:\n", "? [a]\n: 1\nupload:\n", line: 37, "a key must be a word, not a list or a map."),
        Refusal(
            "version: 1",
            "version: 1\nequirect: convert",
            line: 2,
            "equirect: unknown key. 'equirect' belongs in an entry of 'inboxes'."
        ),
    ])
    func `what is wrong at the top is said with its line`(refusal: Refusal) throws { try refusal.check() }
}
