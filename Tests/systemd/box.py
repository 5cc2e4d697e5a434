"""A box with drop360 installed, as its operator and its crew see it; CDF is the sandbox's service on the same box."""

import json
import shutil
import subprocess
from pathlib import Path

from container import Unmet, eventually

SANDBOX = "http://127.0.0.1:8360"
INBOX = "/srv/drop360/inbox"
CREW = "anna"

CONFIGURATION = """version: 1
cognite:
  host: {sandbox}
  project: sandbox
  idp-authentication: {{token-url: "{sandbox}/oauth2/token", client-id: sandbox}}
  data-set: {{external-id: sandbox}}
target: {{space: sandbox}}
state: {state}
inboxes:
{inboxes}
upload: {upload}
dashboard: {{listen: "127.0.0.1:{page}"}}
"""


class Box:
    def __init__(self, container, draw_station):
        self.container = container
        self.draw_station = draw_station
        self.drawn = 0
        self.dropped = []
        self.in_other_ledgers = 0

    # The operator

    def configure(self, inboxes=(INBOX,), upload="{concurrency: 6}", site=None, page=3600):
        state = "/var/lib/drop360" + (f"/{site}" if site else "")
        text = CONFIGURATION.format(
            sandbox=SANDBOX, state=state, upload=upload, page=page, inboxes="\n".join(f"  - path: {one}" for one in inboxes)
        )
        self.write(f"/etc/drop360/{site}/config.yaml" if site else "/etc/drop360/config.yaml", text)

    def write(self, path, text):
        """Changes a file as an editor does that keeps owner and rights."""
        file = self.container.path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def restart(self):
        self.container.run("systemctl", "daemon-reload")
        self.container.run("systemctl", "restart", "drop360")
        self.wait_for_status("Connected")

    def property(self, name, unit="drop360"):
        return self.container.run("systemctl", "show", "--value", "-p", name, unit)

    def process(self, unit="drop360"):
        """The service's main process: its number on this machine, where the container's processes have other numbers."""
        inner = self.property("MainPID", unit)
        if inner == "0":
            return None
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                text = status.read_text()
            except OSError:
                continue
            numbers = next((line.split()[1:] for line in text.splitlines() if line.startswith("NSpid:")), [])
            if len(numbers) == 2 and numbers[1] == inner and self.is_inside(status.parent):
                return numbers[0]
        return None

    def is_inside(self, process):
        try:
            return (process / "ns/pid").readlink() == Path(f"/proc/{self.container.leader}/ns/pid").readlink()
        except OSError:
            return False

    def journal(self, unit="drop360"):
        return self.container.run("journalctl", "--no-pager", "-o", "cat", "-u", unit)

    def wait_for_status(self, words, seconds=60, unit="drop360"):
        eventually(f"the status line says '{words}'", seconds, lambda: words in self.property("StatusText", unit))

    def counts(self):
        """How many stations are in which state, by the ledger of drop360.service."""
        output = self.container.run("drop360", "status", "--json", user="drop360", check=False)
        start = output.find("{")
        return json.loads(output[start:])["counts"] if start >= 0 else {}

    # The crew

    def draw(self, edge=512):
        """A station that no inbox has seen, drawn outside the inbox."""
        self.drawn += 1
        name = f"st-{self.drawn}"
        home = self.container.path(f"/home/{CREW}/{name}")
        subprocess.run(
            [self.draw_station, home, "--edge", str(edge), "--x", str(5 * self.drawn), "--seed", str(self.drawn)],
            check=True, stdout=subprocess.DEVNULL,
        )
        subprocess.run(["chown", "-R", "--reference", home.parent, home], check=True)
        return name

    def drop(self, inbox=INBOX, edge=512, umask="002"):
        """A member of the crew copies a station to an inbox; its name."""
        name = self.draw(edge)
        self.container.run("cp", "-r", f"/home/{CREW}/{name}", f"{inbox}/{name}", user=CREW, umask=umask)
        self.dropped.append(name)
        return name

    def wait_until_delivered(self, seconds=120):
        """Everything that was dropped is in CDF: each image once, each with six files whose bytes are all there."""
        wanted = {f"demo-plant/{name}" for name in self.dropped}

        def delivered():
            images = [node["externalId"] for node in self.contents()["nodes"] if any("Image360/" in view for view in node["views"])]
            return len(images) == len(wanted) and {image.rsplit("/", 1)[0] for image in images} == wanted

        eventually(f"{len(wanted)} stations in CDF", seconds, delivered, pause=0.3)
        contents = self.contents()
        whole = [one for one in contents["files"] if one["uploaded"]]
        if len(contents["files"]) != 6 * len(wanted) or len(whole) != 6 * len(wanted):
            raise Unmet(f"{len(whole)} whole files of {len(contents['files'])} for {len(wanted)} stations")
        broken = contents["danglingFiles"] + contents["danglingRelations"] + contents["viewerProblems"]
        if broken:
            raise Unmet(f"CDF holds what the viewer cannot show: {broken[:3]}")
        eventually("the ledger says so, too", 30, lambda: self.counts().get("registered") == len(wanted) - self.in_other_ledgers)

    # CDF

    def request(self, path, method="GET", body=None):
        command = ["nsenter", "-t", self.container.leader, "--net", "curl", "-sS", "--max-time", "20"]
        # An upgrade restarts the sandbox as well.
        command += ["--retry", "10", "--retry-delay", "1", "--retry-connrefused", "-X", method, SANDBOX + path]
        if body is not None:
            command += ["-H", "content-type: application/json", "-d", json.dumps(body)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def is_answering(self):
        try:
            return self.request("/sandbox/contents").startswith("{")
        except subprocess.CalledProcessError:
            return False

    def contents(self):
        return json.loads(self.request("/sandbox/contents"))

    def copy_in(self, file, target):
        shutil.copy(file, self.container.path(target))
