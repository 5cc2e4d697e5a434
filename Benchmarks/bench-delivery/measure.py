"""Delivers stations with the real drop360 to a sandbox in another process, and measures it from outside: one table of figures and goals.

measure.py BINARY DRAW FOLDER [alone] [backlog=N] [growth] [line] [memory] [scan=N] [chaos=N]: without names of runs, all of them.
BINARY is drop360, DRAW is draw-station, FOLDER is emptied and used.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request

binary, draw, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]).resolve()
wanted = dict((word.split("=") + [""])[:2] for word in sys.argv[4:]) or {
    "alone": "", "backlog": "", "growth": "", "line": "", "memory": "", "scan": "", "chaos": ""}
CONFIGURATION = """version: 1
cognite:
  host: {url}
  project: sandbox
  timeout: {timeout}
  idp-authentication: {{token-url: "{url}/oauth2/token", client-id: sandbox, secret: sandbox}}
target: {{space: sandbox}}
state: {state}
inboxes: [{{path: {inbox}, seams: off{keys}}}]
dashboard: {{listen: "127.0.0.1:0"}}
upload: {{concurrency: {concurrency}}}
logger: {{level: {level}}}
"""
missed = []


def row(what, figure, goal="", good=None):
    mark = "" if good is None else ("met" if good else "MISSED")
    if good is False:
        missed.append(what)
    print(f"| {what} | {figure} | {goal} | {mark} |", flush=True)


def say(text):
    print(text, file=sys.stderr, flush=True)


def ask(url, body=None, method=None):
    request = urllib.request.Request(url, data=body.encode() if body else None, method=method or ("POST" if body else "GET"))
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


class Site:
    """An inbox, a state directory and a sandbox of their own."""

    def __init__(self, name, concurrency=6, timeout="60s", level="warning", prefix=(), more=(), keys=""):
        self.prefix = prefix
        self.folder = folder / name
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "inbox").mkdir(parents=True)
        self.log = open(self.folder / "sandbox.log", "w")
        self.sandbox = subprocess.Popen(
            [*prefix, binary, "sandbox", "--port", "0", "--data", self.folder / "data", *more], stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.url = ""
        while not self.url:
            line = self.sandbox.stdout.readline()
            if not line:
                sys.exit("the sandbox did not start; see " + str(self.folder / "sandbox.log"))
            found = re.match(r"sandbox listening on (\S+)", line)
            self.url = found.group(1) if found else ""
        self.configuration = self.folder / "config.yaml"
        self.configuration.write_text(CONFIGURATION.format(
            url=self.url, state=self.folder / "state", inbox=self.folder / "inbox", concurrency=concurrency, timeout=timeout, level=level, keys=keys))
        self.dropped = 0

    def drop(self, count, edge=512, size=0):
        """Copies of one drawn station, each with its own content, position and id: a comment in every face makes it unique.

        Drawn pictures are smaller than photographs: comments fill them up to `size` bytes."""
        model = folder / f"model-{edge}"
        if not model.exists():
            subprocess.run([draw, "--edge", str(edge), model], check=True, stdout=subprocess.DEVNULL)
        for _ in range(count):
            self.dropped += 1
            name = f"station-{self.dropped:05}"
            stage = self.folder / "stage" / name
            stage.mkdir(parents=True)
            for file in model.iterdir():
                content = file.read_bytes()
                if file.suffix == ".jpg":
                    comment = f"{name} {file.name}".encode()
                    comments = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
                    while len(content) + len(comments) < size:
                        comments += b"\xff\xfe\xff\xff" + os.urandom(65533)
                    content = content[:2] + comments + content[2:]
                else:
                    sidecar = json.loads(content)
                    sidecar["station_id"] = name
                    sidecar["translation"]["x"] = self.dropped * 2.0
                    content = json.dumps(sidecar).encode()
                (stage / file.name).write_bytes(content)
            stage.rename(self.folder / "inbox" / name)

    def run(self, *prefix):
        """Runs `run --until-idle`; returns seconds, exit code and the process's peak resident memory in MiB."""
        began = time.monotonic()
        daemon = subprocess.Popen([*self.prefix, *prefix, binary, "run", "--config", self.configuration, "--until-idle"],
                                  stdout=open(self.folder / "daemon.log", "a"), stderr=subprocess.STDOUT)
        peak, written = 0, 0
        while daemon.poll() is None:
            try:
                status = pathlib.Path(f"/proc/{daemon.pid}/status").read_text()
                peak = max(peak, int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024)
                io = pathlib.Path(f"/proc/{daemon.pid}/io").read_text()
                written = int(re.search(r"\nwrite_bytes: (\d+)", io).group(1))
            except (FileNotFoundError, AttributeError, ProcessLookupError):
                pass
            time.sleep(0.05)
        self.written = written
        return time.monotonic() - began, daemon.returncode, peak

    def ask(self, path):
        """Asks through the site's own network."""
        answer = subprocess.run([*self.prefix, "curl", "-sS", "--fail", self.url + path], capture_output=True, check=True)
        return json.loads(answer.stdout)

    def requests(self):
        return self.ask("/sandbox/requests?since=0")["requests"]

    def check(self, images):
        """Everything is there, once, and nothing that breaks the viewer."""
        facts = self.ask("/sandbox/contents")
        flaws = [facts[key] for key in ("danglingRelations", "danglingFiles", "emptyCollections", "sharedFiles")]
        whole = facts["images"] == images and not any(flaws) and all(file["uploaded"] for file in facts["files"])
        row("all registered exactly once", f"{facts['images']} of {images}", "all", whole)

    def end(self):
        self.sandbox.send_signal(signal.SIGTERM)
        self.sandbox.wait()
        shutil.rmtree(self.folder / "inbox")
        shutil.rmtree(self.folder / "data")


def median(values):
    values = sorted(values)
    return values[len(values) // 2]


def alone():
    site = Site("alone")
    site.drop(1)
    site.run()
    before = len(site.requests())
    site.drop(1)
    site.run()
    calls = [call for call in site.requests()[before:]]
    # A single run first fetches token, schema and space; a running daemon has already done so.
    start = sum(1 for call in calls if call["path"] in ("/oauth2/token", "/models/views/byids", "/models/spaces/byids", "/datasets/byids"))
    row("requests for a station alone", len(calls) - start, "≤ 15", len(calls) - start <= 15)
    site.check(2)
    site.end()


def backlog(count):
    site = Site("backlog", concurrency=6)
    site.drop(count)
    trace = site.folder / "trace"
    strace = ["strace", "-f", "-e", "trace=fdatasync,fsync,pwrite64", "-y", "-o", trace] if shutil.which("strace") else []
    seconds, code, _ = site.run(*strace)
    calls = site.requests()
    per = len(calls) / count
    row(f"requests per station in a backlog of {count}", f"{per:.2f}", "≤ 13", per <= 13)
    if strace:
        commits, bytes_ = 0, 0
        for line in trace.read_text(errors="replace").splitlines():
            if "ledger.sqlite" not in line:
                continue
            if re.search(r"f(data)?sync\(\d+<[^>]*-wal>", line):
                commits += 1
            found = re.search(r"pwrite64\(\d+<[^>]*>.*= (\d+)$", line)
            bytes_ += int(found.group(1)) if found else 0
        row("ledger commits (synced) per station", f"{commits / count:.1f}", "≤ 12", commits / count <= 12)
        row("bytes written to the ledger per station", f"{bytes_ / count / 1000:.0f} kB", "≤ 64 kB", bytes_ / count <= 64000)
    row("exit code", code, "0", code == 0)
    site.check(count)
    site.end()


def growth():
    """From the first upload to the last registration in the ledger, so that start and scan do not count."""
    times = {}
    # The machine's speed varies from minute to minute: small runs before and after the large one.
    for count in (100, 300, 3000, 300, 100):
        site = Site(f"growth-{count}")
        site.drop(count)
        say(f"growth: {count} stations")
        site.run()
        ledger = sqlite3.connect(f"file:{site.folder}/state/ledger.sqlite?mode=ro", uri=True)
        began = ledger.execute("SELECT min(at) FROM history WHERE event = 'upload-started'").fetchone()[0]
        ended, registered = ledger.execute("SELECT max(registeredAt), count(*) FROM item WHERE state = 'registered'").fetchone()
        ledger.close()
        times.setdefault(count, []).append((ended - began) / count)
        row(f"milliseconds per station, {count} stations", f"{times[count][-1]:.1f}", f"{count} registered", registered == count)
        site.end()
    mean = {count: sum(values) / len(values) for count, values in times.items()}
    ratio = mean[3000] / mean[100]
    row("time per station at 3000 compared with 100", f"{ratio:.2f}", "≤ 1.10", ratio <= 1.10)


def memory():
    site = Site("memory", concurrency=8)
    site.drop(12, edge=2048, size=4_000_000)
    _, _, peak = site.run()
    row("resident memory with 8 concurrent uploads of 4 MB faces", f"{peak:.1f} MiB", "< 80 MB", peak * 1.048576 < 80)
    site.check(12)
    site.end()


def line():
    """100 Mbit/s by tbf on the loopback of a network namespace, and answers that take 50 ms: how full the line is while faces are sent."""
    space = f"drop360-{os.getpid()}"
    shaped = ["ip", "netns", "exec", space]
    try:
        subprocess.run(["ip", "netns", "add", space], check=True)
        # Packets as on a real line: a loopback's are larger than tbf's burst, and would never arrive.
        subprocess.run([*shaped, "ip", "link", "set", "lo", "mtu", "1500", "up"], check=True)
        subprocess.run([*shaped, "tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "100mbit", "burst", "128kb", "latency", "300ms"],
                       check=True)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        row("100 Mbit/s with 50 ms per answer", f"not measured here: {error}", "≥ 0.95")
        return
    try:
        site = Site("line", prefix=shaped, more=["--delay", "50"])
        # The size of a photograph of 2048 pixels at a good quality.
        site.drop(24, edge=2048, size=1_500_000)
        site.run()
        puts = [call for call in site.requests() if call["method"] == "PUT"]
        began, ended = min(call["startedAt"] for call in puts), max(call["answeredAt"] for call in puts)
        rate = sum(call["bytes"] for call in puts) * 8000 / (ended - began)
        row("faces' bytes, 100 Mbit/s and 50 ms per answer, 24 stations of 1.5 MB faces", f"{rate / 1e8:.3f} of the line")
        # Every 1448 bytes travel in a frame of 1514.
        filled = rate / 1e8 * 1514 / 1448
        row("the same, including headers", f"{filled:.3f} of the line", "≥ 0.95", filled >= 0.95)
        site.check(24)
        site.end()
    finally:
        subprocess.run(["ip", "netns", "delete", space])


def scan(count):
    """One E57 file of `count` positions, once extracted here and once handed to CDF whole; the points are as large as the pictures nine times over."""
    file = folder / "scan.e57"

    def draw_scan(positions, fill):
        subprocess.run([draw, "--positions", str(positions), "--edge", "2048", "--quality", "90", "--fill", str(fill), file],
                       check=True, stdout=subprocess.DEVNULL)
        return file.stat().st_size

    # A few show how large the pictures are.
    fill = 9 * count * draw_scan(4, 0) // 4 >> 20
    say(f"scan: drawing {count} positions and {fill} MiB in place of points")
    size = draw_scan(count, fill)
    pictures = size - (fill << 20)
    row(f"an E57 file of {count} positions", f"{size / 1e6:.0f} MB, {pictures / 1e6:.0f} MB of it pictures")
    sent, times = {}, {}
    for way, keys in (("here", ", e57: {extract: here}"), ("cdf", ", e57: {extract: cdf, model: bench}")):
        site = Site("scan-" + way, keys=keys)
        stage = site.folder / "inbox" / "site"
        stage.mkdir()
        os.link(file, stage / "scan.e57")
        seconds, code, peak = site.run()
        calls = site.requests()
        sent[way], times[way] = sum(call["bytes"] for call in calls if call["method"] == "PUT"), seconds
        row(f"{way}: exit code", code, "0", code == 0)
        row(f"{way}: seconds, requests", f"{seconds:.0f} s, {len(calls)}")
        row(f"{way}: bytes sent", f"{sent[way] / 1e6:.0f} MB; {sent[way] * 8 / 20e6 / 60:.1f} minutes of a line of 20 Mbit/s")
        row(f"{way}: resident memory", f"{peak:.1f} MiB")
        if way == "here":
            site.check(count)
        site.end()
    row("bytes, here compared with cdf", f"{sent['here'] / sent['cdf']:.3f}", "≤ 0.2", sent["here"] <= 0.2 * sent["cdf"])
    row("seconds without a line, here compared with cdf", f"{times['here'] / times['cdf']:.1f}")
    file.unlink()


RULES = [
    (45, {}, {"kind": "status", "status": 503}), (25, {}, {"kind": "status", "status": 500, "body": "oops"}),
    (20, {}, {"kind": "status", "status": 429, "retryAfter": 1}), (20, {}, {"kind": "status", "status": 502}),
    (10, {}, {"kind": "status", "status": 408}), (10, {}, {"kind": "status", "status": 409}),
    (40, {}, {"kind": "reset"}), (20, {"method": "PUT"}, {"kind": "reset", "afterBytes": 3000}),
    (40, {}, {"kind": "resetAfterBody"}), (35, {}, {"kind": "lostAnswer"}), (20, {}, {"kind": "garbage"}),
    (10, {"method": "PUT"}, {"kind": "expiredURL"}), (5, {}, {"kind": "expireTokens"}), (2, {}, {"kind": "stall"}),
]


def chaos(count):
    site = Site("chaos", timeout="5s", level="debug")
    site.drop(count)
    left, rules = 1.0, [{"match": {"path": "/upload/*"}, "every": 7, "then": {"kind": "lateUploaded", "polls": 2}}]
    for permille, match, then in RULES:
        rules.append({"match": {"path": "/*", **match}, "probability": permille / 1000 / left, "then": then})
        left -= permille / 1000
    ask(site.url + "/sandbox/faults", json.dumps({"seed": 1, "rules": rules}))
    began, seconds = time.monotonic(), 0
    daemon = subprocess.Popen([binary, "run", "--config", site.configuration],
                              stdout=open(site.folder / "daemon.log", "a"), stderr=subprocess.STDOUT)
    last = -1
    while True:
        time.sleep(1)
        status = subprocess.run([binary, "status", "--json", "--config", site.configuration], capture_output=True, text=True)
        done = json.loads(status.stdout)["counts"]["registered"] if status.returncode == 0 else 0
        if done != last:
            say(f"chaos: {done} of {count} registered after {int(time.monotonic() - began)} s")
        last = done
        if done == count or daemon.poll() is not None or time.monotonic() - began > 3600:
            break
    seconds = time.monotonic() - began
    ask(site.url + "/sandbox/faults", method="DELETE")
    daemon.send_signal(signal.SIGTERM)
    daemon.wait()
    calls = site.requests()
    struck = sum(1 for call in calls if call.get("fault") not in (None, "lateUploaded"))
    ratio = (len(calls) - struck) / (14 * count)
    row(f"chaos, {count} stations", f"{seconds:.0f} s, {len(calls)} requests, {100 * struck / len(calls):.0f} % faulty")
    row("requests without a fault, per necessary request", f"{ratio:.2f}", "≤ 1.5", ratio <= 1.5)
    site.check(count)
    site.end()


folder.mkdir(parents=True, exist_ok=True)
print("| what | measured | goal | |\n|---|---|---|---|", flush=True)
if "alone" in wanted:
    alone()
if "backlog" in wanted:
    backlog(int(wanted["backlog"] or 300))
if "growth" in wanted:
    growth()
if "memory" in wanted:
    memory()
if "line" in wanted:
    line()
if "scan" in wanted:
    scan(int(wanted["scan"] or 40))
if "chaos" in wanted:
    chaos(int(wanted["chaos"] or 300))
sys.exit(1 if missed else 0)
