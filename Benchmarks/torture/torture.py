"""Kills drop360 repeatedly, at random times while it delivers, then compares the sandbox's contents with what was dropped.

torture.py BIN [--kills N] [--stations N] [--seed N]: BIN contains drop360 and draw-station. Standard library only.
"""

import argparse
import json
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

SITES = 4
CONFIGURATION = """version: 1
cognite:
  host: {url}
  project: sandbox
  idp-authentication: {{token-url: "{url}/oauth2/token", client-id: sandbox, secret: sandbox}}
  data-set: {{external-id: sandbox}}
target: {{space: sandbox}}
state: {folder}/state
inboxes: [{{path: {folder}/inbox, settle: 200ms}}]
dashboard: {{listen: "127.0.0.1:0"}}
logger: {{level: debug}}
"""


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/torture", description="Kills drop360 at random times while it delivers.")
    parser.add_argument("bin", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--kills", type=int, default=1000, metavar="N")
    parser.add_argument("--stations", type=int, default=400, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    return parser.parse_args()


class Crew:
    """Drops stations: each is a copy of the drawn one, with its own ids and different bytes in all six faces."""

    def __init__(self, folder, drawn, chance):
        self.inbox, self.stage, self.chance = folder / "inbox", folder / "stage", chance
        self.faces = {file.name: file.read_bytes() for file in drawn.glob("*.jpg")}
        self.sidecar = json.loads((drawn / "pose.json").read_text())
        self.dropped = []

    def drop(self):
        number = len(self.dropped) + 1
        site, name = f"site-{number % SITES}", f"s{number:04d}"
        files = {}
        for face, picture in self.faces.items():
            # A unique comment right after the start of the image.
            comment = f"{name} {face}".encode()
            files[face] = b"\xff\xd8\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + picture[2:]
        sidecar = {**self.sidecar, "site_id": site, "station_id": name, "station_name": name, "label": name}
        files["pose.json"] = json.dumps(sidecar).encode()
        # Half are copied file by file; half are moved in as a whole.
        in_place = self.chance.random() < 0.5
        place = (self.inbox if in_place else self.stage) / site / name
        place.mkdir(parents=True)
        for file, content in files.items():
            (place / file).write_bytes(content)
        if not in_place:
            (self.inbox / site).mkdir(exist_ok=True)
            place.rename(self.inbox / site / name)
        self.dropped.append((site, name))


class Life:
    """One start of the daemon, and when it was ready."""

    def __init__(self, binary, folder, *more):
        self.began = time.monotonic()
        self.ready = self.moved = None
        self.process = subprocess.Popen(
            [binary, "run", "--config", folder / "config.yaml", *more], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self.log = open(folder / "daemon.log", "a")
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            after = time.monotonic() - self.began
            if self.ready is None and "CDF is ready" in line:
                self.ready = after
            if self.moved is None and re.search(r"stations? (is|are) (accepted|uploaded|registered)", line):
                self.moved = after
            self.log.write(line)

    def ended(self):
        code = self.process.wait()
        self.reader.join()
        self.log.close()
        return code


def integrity(folder):
    """SQLite's own check, on a copy: opening the files themselves would change them."""
    with tempfile.TemporaryDirectory(dir=folder) as copies:
        for file in (folder / "state").glob("ledger.sqlite*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, copies)
        if not (pathlib.Path(copies) / "ledger.sqlite").exists():
            return "ok"
        with sqlite3.connect(f"{copies}/ledger.sqlite") as ledger:
            return "; ".join(row[0] for row in ledger.execute("PRAGMA integrity_check"))


def lifetime(chance):
    """Seconds until the kill: many short ones, so that kills hit the start as often as the work."""
    draw = chance.random()
    if draw < 0.35:
        return chance.uniform(0, 0.25)
    return chance.uniform(0.1, 0.8) if draw < 0.75 else chance.uniform(0.5, 2.5)


def ask(url):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def torture(options, folder):
    binary, chance = options.bin / "drop360", random.Random(options.seed)
    drawing = ["--edge", "512", "--quality", "70", "--seed", str(options.seed)]
    subprocess.run([options.bin / "draw-station", folder / "drawn", *drawing], check=True, stdout=subprocess.DEVNULL)
    (folder / "inbox").mkdir()
    crew = Crew(folder, folder / "drawn", chance)
    sandbox = subprocess.Popen(
        [binary, "sandbox", "--port", "0", "--data", folder / "sandbox"],
        stdout=subprocess.PIPE,
        stderr=open(folder / "sandbox.log", "w"),
        text=True,
    )
    try:
        url = re.search(r"sandbox listening on (\S+)", sandbox.stdout.readline()).group(1)
        (folder / "config.yaml").write_text(CONFIGURATION.format(url=url, folder=folder))
        lives, starts, damage = [], [0], "ok"
        for kill in range(options.kills):
            life = Life(binary, folder)
            span = lifetime(chance)
            due = (options.stations * (kill + 1) + options.kills - 1) // options.kills
            while len(crew.dropped) < due:
                crew.drop()
            time.sleep(max(0, life.began + span - time.monotonic()))
            life.process.send_signal(signal.SIGKILL)
            if life.ended() != -signal.SIGKILL:
                sys.exit(f"the daemon exited on its own; see {folder}/daemon.log")
            lives.append(life)
            starts.append(ask(f"{url}/sandbox/requests?since=1000000000")["last"])
            if kill % 100 == 99:
                damage = integrity(folder) if damage == "ok" else damage
            if kill % 10 == 9:
                held = ask(f"{url}/sandbox/contents")["images"] if kill % 50 == 49 else None
                shown = f"; {held} registered" if held is not None else ""
                print(f"  {kill + 1} of {options.kills} kills, {len(crew.dropped)} stations dropped{shown}", flush=True)
        while len(crew.dropped) < options.stations:
            crew.drop()
        print("  letting the last run finish", flush=True)
        last = Life(binary, folder, "--until-idle")
        code = last.ended()
        lives.append(last)
        damage = integrity(folder) if damage == "ok" else damage
        return report(options, crew, lives, starts, ask(f"{url}/sandbox/contents"), folder, damage, code)
    finally:
        sandbox.terminate()
        sandbox.wait()


def report(options, crew, lives, starts, contents, folder, damage, code):
    images = [node["externalId"] for node in contents["nodes"] if any(view.startswith("Image360/") for view in node["views"])]
    by_station = {}
    for image in images:
        by_station.setdefault("/".join(image.split("/")[:2]), []).append(image)
    lost = [name for name in map("/".join, crew.dropped) if name not in by_station]
    doubled = [name for name, all_images in by_station.items() if len(all_images) > 1]
    # Places without images, dangling relations and faces, files that no image uses.
    orphans = (
        contents["stations"] - len(by_station)
        + len(contents["danglingRelations"]) + len(contents["danglingFiles"]) + len(contents["sharedFiles"])
        + len(contents["files"]) - 6 * len(images)
    )
    begun, again, puts = {}, [0] * len(starts), 0
    for line in open(folder / "sandbox" / "requests.jsonl"):
        request = json.loads(line)
        if request["method"] == "PUT" and request["status"] == 200:
            puts += 1
        if request["method"] == "POST" and request["path"] == "/files":
            name = request["requestBody"]["externalId"]
            life = max(index for index, start in enumerate(starts) if request["n"] > start)
            if begun.get(name, life) != life:
                again[life] += 1
            begun[name] = life
    resent = puts - len(contents["files"])
    ready = [life.ready for life in lives if life.ready is not None]
    moved = [life.moved for life in lives if life.moved is not None]
    print("\n| what | figure |\n|---|---|")
    for what, figure in [
        ("stations", len(crew.dropped)),
        ("kills", len(lives) - 1),
        ("of these, before CDF was ready", sum(life.ready is None for life in lives[:-1])),
        ("registered", len(by_station)),
        ("lost", len(lost)),
        ("doubled", len(doubled)),
        ("orphan nodes, relations and files", orphans),
        ("empty collections", len(contents["emptyCollections"])),
        ("files sent again", f"{resent} of {puts} ({resent / max(1, len(lives) - 1):.2f} a kill)"),
        ("files restarted after one kill, at most", max(again)),
        ("integrity_check", damage),
        ("start to ready, longest (median)", f"{max(ready):.2f} s ({statistics.median(ready):.2f} s)"),
        ("start to the first station's progress, longest (median)", f"{max(moved):.2f} s ({statistics.median(moved):.2f} s)"),
        ("exit code of the last run, until idle", code),
    ]:
        print(f"| {what} | {figure} |")
    for name in lost[:10]:
        print(f"lost: {name}")
    for name in doubled[:10]:
        print(f"doubled: {name}: {by_station[name]}")
    return not (lost or doubled or orphans or contents["emptyCollections"] or damage != "ok" or code)


def main():
    options = arguments()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="drop360-torture.")).resolve()
    print(f"== {options.kills} kills over {options.stations} stations, seed {options.seed}, in {folder}", flush=True)
    passed = torture(options, folder)
    if not passed:
        sys.exit(f"failed; everything is in {folder}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
