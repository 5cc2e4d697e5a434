"""A real drop360 with its own folders, ports and embedded sandbox, and the stations that are dropped into it."""

import json
import os
import pathlib
import re
import subprocess
import threading
import time
import urllib.error
import urllib.request

DROP360 = pathlib.Path(os.environ["DROP360"])
DRAW_STATION = DROP360.with_name("draw-station")


def until(what, condition, seconds=60, detail=lambda: ""):
    """The first true value of `condition`, which is asked again and again; fails after `seconds`, naming `what`."""
    ends = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        if value := condition():
            return value
        assert time.monotonic() < ends, f"waited {seconds} s in vain for {what}\n{detail()}"
        pause.wait(0.05)


class Daemon:
    """`drop360 run --sandbox`, stopped by `stop`. `url` is the address of its page, without a slash at the end."""

    def __init__(self, folder, environment=None):
        self.folder = pathlib.Path(folder)
        self.inbox = self.folder / "inbox"
        self.state = self.folder / "state"
        self.log_file = self.folder / "log"
        self.environment = {**os.environ, "DROP360_DASHBOARD_PORT": "0", **(environment or {})}
        self.inbox.mkdir(parents=True, exist_ok=True)
        self.process = None
        self.start()

    def start(self):
        """Also after `stop`: the same folders, another address."""
        with open(self.log_file, "wb") as log:
            self.process = subprocess.Popen(
                [DROP360, "run", "--sandbox", "--inbox", self.inbox, "--state", self.state],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment, cwd=self.folder)
        self.url = until("the address of the page", self._address, detail=self.log)

    def _address(self):
        assert self.process.poll() is None, f"drop360 exited:\n{self.log()}"
        found = re.search(r"status page.*url=(http://[^/\s]+)", self.log())
        return found and found.group(1)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def log(self):
        return self.log_file.read_text(errors="replace")

    def command(self, *arguments, fails=False):
        """What `drop360 ARGUMENTS` prints, run beside the daemon on its ledger."""
        done = subprocess.run(
            [DROP360, *map(str, arguments), "--state-dir", self.state],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=self.folder, timeout=60)
        assert fails or done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def get(self, path, **headers):
        """The answer to a GET: its code, headers and body."""
        request = urllib.request.Request(self.url + path, headers={key.replace("_", "-"): v for key, v in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    # Stations

    def draw(self, path, **options):
        """Draws a station with draw-station (`heading=90`, `station_id="a"`, …) and moves it into the inbox whole."""
        drawn = self.folder / "drawn"
        arguments = [f"--{key.replace('_', '-')}={value}" for key, value in {"edge": 512, **options}.items()]
        subprocess.run([DRAW_STATION, drawn, "--station-id", pathlib.Path(path).name, *arguments],
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
        return self.drop(drawn, path)

    def drop(self, folder, path):
        """Moves a folder, or a file, into the inbox."""
        place = self.inbox / path
        place.parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(folder).rename(place)
        return place

    def stations(self):
        """What `drop360 list --json` says of each item, by its path below the inbox."""
        return {each["path"]: each for each in json.loads(self.command("list", "--json"))["stations"]}

    def number(self, path, state="registered", seconds=60):
        """The number of the station at `path`, once it is in `state`."""
        def found():
            station = self.stations().get(path)
            return station and station["state"] == state and station["station"]
        return until(f"{path} to be {state}", found, seconds,
                     detail=lambda: f"{json.dumps(self.stations(), indent=1)}\n{self.log()}")
