"""Sends very large sparse files in parts to a sandbox in another process, kills the sender once in the middle, and prints one table.

measure.py BIN FOLDER BYTES: BIN holds drop360 and send-large; FOLDER is empty.
"""

import hashlib
import json
import pathlib
import re
import subprocess
import sys
import time
import urllib.request

binaries, folder, largest = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve(), int(sys.argv[3])
MEBIBYTE = 1 << 20


def make(path, size):
    """Writes a sparse file in which no two mebibytes are equal; returns its SHA-256."""
    path.parent.mkdir(parents=True)
    digest = hashlib.sha256()
    with open(path, "wb") as file:
        file.truncate(size)
        for offset in range(0, size - 8, MEBIBYTE):
            file.seek(offset)
            file.write((offset + 1).to_bytes(8, "big"))
    with open(path, "rb") as file:
        while piece := file.read(MEBIBYTE):
            digest.update(piece)
    return digest.hexdigest()


def ask(path):
    with urllib.request.urlopen(url + path) as answer:
        return json.load(answer)


def peak(pid):
    """Peak memory of the process, in KiB."""
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1))


def send(name, size, kill):
    """Sends one file, with `kill` by a sender that is killed in the middle and restarted; prints one row of the table."""
    file = folder / "inbox" / name / "front.jpg"
    sha256 = make(file, size)
    since = max((request["n"] for request in ask("/sandbox/requests")["requests"]), default=0)
    command = [binaries / "send-large", file, "--sha256", sha256, "--cdf", url, "--state", folder / f"state-{name}"]

    def requests():
        return ask(f"/sandbox/requests?since={since}")["requests"]

    def count(requests, path):
        return [request for request in requests if request["path"].startswith(path)]

    seconds, peaks = 0.0, []
    if kill:
        began = time.monotonic()
        sender = subprocess.Popen(command)
        while True:
            begun = count(requests(), "/files/initmultipartupload")
            if begun and 2 * len(count(requests(), "/upload/")) >= int(begun[0]["query"]["parts"]):
                break
            if sender.poll() is not None:
                sys.exit("the sender ended before it had sent half")
            time.sleep(0.2)
        peaks.append(peak(sender.pid))
        sender.kill()
        sender.wait()
        seconds = time.monotonic() - began
    last = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)
    seconds += last["seconds"]
    peaks.append(last["peakKiB"])

    log = requests()
    parts = int(count(log, "/files/initmultipartupload")[0]["query"]["parts"])
    sessions = len(count(log, "/files/initmultipartupload"))
    twice = len(count(log, "/upload/")) - parts
    arrived = sha256 in json.dumps(ask("/sandbox/contents"))
    file.unlink()
    print(
        f"| {size:,}{', killed in the middle' if kill else ''} | {seconds:.1f} | {size / 1e6 / seconds:.0f} | {parts} in {sessions} session"
        f" | {twice} | {' and '.join(f'{kib / 1024:.1f}' for kib in peaks)} | {'yes' if arrived else 'NO'} |",
        flush=True,
    )
    return max(peaks), arrived, twice


sandbox = subprocess.Popen(
    [binaries / "drop360", "sandbox", "--port", "0", "--data", folder / "sandbox"],
    stdout=subprocess.PIPE,
    stderr=open(folder / "sandbox.log", "w"),
    text=True,
)
try:
    url = re.search(r"sandbox listening on (\S+)", sandbox.stdout.readline()).group(1)
    print("| bytes | seconds | MB/s | parts | sent twice | peak resident memory, MiB | arrived intact |")
    print("|---|---|---|---|---|---|---|", flush=True)
    small, whole, _ = send("small", min(largest, 1_000_000_000), kill=False)
    large, also, twice = send("large", largest, kill=True)
    print(f"\nGoals: memory independent of size: {large / small:.2f} times that of the small file (at most 1.5);", end=" ")
    print(f"after a kill, only parts in progress are sent twice: {twice} (at most 3).")
    print(f"Peak memory of the sandbox: {peak(sandbox.pid) / 1024:.1f} MiB.")
    if not (whole and also and twice <= 3 and large <= 1.5 * small):
        sys.exit(1)
finally:
    sandbox.terminate()
    sandbox.wait(60)
