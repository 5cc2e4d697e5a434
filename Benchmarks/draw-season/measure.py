"""Starts drop360 on a season of finished stations and measures it from outside: ready, first new station, memory, CPU, wake-ups.

measure.py BINARY FOLDER: FOLDER holds inbox/, state/ledger.sqlite and new/ (a whole station that is dropped again and again).
"""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time

binary, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
SETTLE = 2.0
CONFIGURATION = """version: 1
cognite:
  host: {url}
  project: sandbox
  idp-authentication: {{token-url: "{url}/oauth2/token", client-id: sandbox, secret: sandbox}}
target: {{space: sandbox}}
state: {folder}/state
inboxes: [{{path: {folder}/inbox}}]
dashboard: {{listen: "127.0.0.1:0"}}
"""


def row(what, figure, goal=""):
    print(f"| {what} | {figure} | {goal} |", flush=True)


def reading(pid):
    """Resident and anonymous memory in MiB; CPU time in seconds; voluntary context switches by thread."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    times = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[11:13]
    switches = {}
    for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
        switches[thread.name] = int(re.search(r"\nvoluntary_ctxt_switches:\s+(\d+)", (thread / "status").read_text()).group(1))
    memory = [int(re.search(key + r":\s+(\d+)", status).group(1)) / 1024 for key in ("VmRSS", "RssAnon")]
    return memory, sum(map(int, times)) / os.sysconf("SC_CLK_TCK"), switches


def drop(number):
    """Drops a new station; returns the seconds until its report appears."""
    name = f"measured-{number}-{time.time_ns()}"
    stage = folder / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    shutil.copytree(folder / "new", stage)
    sidecar = stage / "pose.json"
    # A comment in one face makes the content new: what was delivered before is not sent again.
    face = stage / "front.jpg"
    comment = name.encode()
    face.write_bytes(b"\xff\xd8\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + face.read_bytes()[2:])
    sidecar.write_text(re.sub(r'("station_id"\s*:\s*)"[^"]*"', rf'\1"{name}"', sidecar.read_text()))
    began = time.monotonic()
    stage.rename(folder / "inbox" / name)
    while not (folder / "inbox" / f"{name}.UPLOADED.txt").exists():
        if time.monotonic() - began > 120:
            sys.exit("the new station was not registered within 120 s; see daemon.log")
        time.sleep(0.01)
    return time.monotonic() - began


def first_scan(pid):
    """Waits until the daemon is idle."""
    before = reading(pid)[1]
    while True:
        time.sleep(3)
        now = reading(pid)[1]
        if now - before < 0.05:
            return
        before = now


log = open(folder / "sandbox.log", "w")
sandbox = subprocess.Popen([binary, "sandbox", "--port", "0"], stdout=subprocess.PIPE, stderr=log, text=True)
url = re.search(r"sandbox listening on (\S+)", sandbox.stdout.readline()).group(1)
(folder / "config.yaml").write_text(CONFIGURATION.format(url=url, folder=folder))
notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
(folder / "notify").unlink(missing_ok=True)
notifications.bind(str(folder / "notify"))
notifications.settimeout(60)
began = time.monotonic()
daemon = subprocess.Popen(
    [binary, "run", "--config", folder / "config.yaml"],
    env=dict(os.environ, NOTIFY_SOCKET=str(folder / "notify")),
    stdout=subprocess.DEVNULL,
    stderr=open(folder / "daemon.log", "w"),
)
try:
    while b"READY=1" not in notifications.recv(65536):
        pass
    # No longer read: a full socket would block its writer.
    notifications.close()
    print("| what | figure | goal |\n|---|---|---|")
    row("started → READY", f"{time.monotonic() - began:.2f} s", "0.5 s")
    row("new station → registered, right after the start, without settle", f"{drop(0) - SETTLE:.1f} s", "3 s")
    first_scan(daemon.pid)
    memory, busy, switches = reading(daemon.pid)
    row("CPU time of the first scan", f"{busy:.1f} s")
    row("resident memory after it (anonymous)", f"{memory[0]:.1f} MiB ({memory[1]:.1f})", "60 MiB")
    time.sleep(60)
    _, later, more = reading(daemon.pid)
    row("CPU time in an idle minute", f"{later - busy:.2f} s", "0.06 s")
    row("wake-ups in an idle minute", f"{sum(n - switches.get(t, 0) for t, n in more.items()) / 60:.2f} /s", "2 /s")
    row("new station → registered, without settle", f"{max(drop(n) for n in range(1, 6)) - SETTLE:.1f} s", "3 s")
    memory, _, _ = reading(daemon.pid)
    row("resident memory after five deliveries (anonymous)", f"{memory[0]:.1f} MiB ({memory[1]:.1f})", "60 MiB")
    status = subprocess.run([binary, "status", "--config", folder / "config.yaml"], capture_output=True, text=True)
    print(status.stdout)
finally:
    daemon.terminate()
    try:
        daemon.wait(30)
    except subprocess.TimeoutExpired:
        daemon.kill()
        print("the daemon did not stop within 30 s of SIGTERM")
    sandbox.terminate()
