"""What the unit keeps in: the secret, and what the process may write; and what it lets in: mounts that come later."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from box import INBOX
from container import eventually
from service import expect

SECRET = "n0b0dy-kn0ws-th1s"
ALLOWED = ("/var/lib/drop360", "/srv/drop360/inbox", "/tmp", "/var/tmp")
FORBIDDEN = ("/", "/usr/bin", "/etc", "/etc/drop360", "/var/log", "/var/lib", "/srv", "/boot", "/opt", "/root", "/home", "/proc/sys/kernel", "/sys/fs/cgroup")


def secret_stays_secret(box):
    """The secret is in no environment, command line, journal, file or core, also after SIGABRT"""
    try:
        box.write("/etc/drop360/cognite-secret", SECRET + "\n")
        search_for_secret(box)
    finally:
        box.write("/etc/drop360/cognite-secret", "sandbox\n")
        box.restart()


def search_for_secret(box):
    box.container.run("systemctl", "restart", "drop360")
    # It has been used: the token endpoint refuses it.
    box.wait_for_status("Offline", seconds=60)
    process = box.process()
    for name in ("environ", "cmdline"):
        content = Path(f"/proc/{process}/{name}").read_bytes()
        expect(SECRET.encode() not in content, f"/proc/{process}/{name} holds the secret")
    limits = Path(f"/proc/{process}/limits").read_text()
    core = next(line.split() for line in limits.splitlines() if line.startswith("Max core file size"))
    expect(core[4] == "0" and core[5] == "0", f"cores may be written: {core}")
    os.kill(int(process), signal.SIGABRT)
    eventually("the new process", 60, lambda: box.property("ActiveState") == "active" and box.process() not in (None, process))
    expect(SECRET not in box.journal(), "the journal holds the secret")
    # What the sandbox keeps is what reached the token endpoint.
    found = subprocess.run(
        ["grep", "-rlaF", "--exclude-dir=drop360-sandbox", SECRET, box.container.root], capture_output=True, text=True
    ).stdout.split()
    wanted = [str(box.container.path("/etc/drop360/cognite-secret"))]
    expect(found == wanted, f"the secret is in {found}")


def writes_are_confined(box):
    """Even root could not write outside state and inboxes in the service's view of the file system"""
    def can_write(folder):
        file = f"{folder}/drop360-was-here"
        command = box.container.inside(process, "sh", "-c", f": >{file} && rm {file}")
        return subprocess.run(command, capture_output=True).returncode == 0

    process = box.process()
    refused = [folder for folder in ALLOWED if not can_write(folder)]
    expect(not refused, f"not writable: {refused}")
    written = [folder for folder in FORBIDDEN if can_write(folder)]
    expect(not written, f"writable: {written}")


def others_see_nothing(box):
    """A crew member can read neither configuration nor state, and sees no environment of the service"""
    inner = box.property("MainPID")
    for path in ("/etc/drop360/config.yaml", "/etc/drop360/cognite-secret", "/var/lib/drop360/ledger.sqlite", f"/proc/{inner}/environ"):
        code, _ = box.container.try_run("cat", path, user="anna")
        expect(code != 0, f"{path} can be read")


def late_mount(box):
    """A disk that is mounted below the inbox while the service runs is seen, and reports are written there"""
    mount = f"{INBOX}/usb"
    box.container.run("install", "-d", "-o", "drop360", "-g", "drop360-crew", "-m", "2770", mount)
    box.container.run("mount", "-t", "tmpfs", "-o", "mode=2770,uid=drop360,gid=drop360-crew", "tmpfs", mount)
    name = box.drop(inbox=mount)
    box.wait_until_delivered()
    eventually("the report", 20, lambda: box.container.try_run("test", "-e", f"{mount}/{name}.UPLOADED.txt")[0] == 0)
    box.container.run("umount", mount)


def bounds(box):
    """Memory and tasks are bounded, for the service and for the sandbox"""
    for unit in ("drop360", "drop360-sandbox"):
        for name in ("MemoryMax", "TasksMax"):
            expect(box.property(name, unit).isdigit(), f"{unit} has no {name}")


def encrypted_secret(box):
    """With LoadCredentialEncrypted and an empty plain file, deliveries go on"""
    drop_in = "/etc/systemd/system/drop360.service.d"
    plain, encrypted = "/etc/drop360/cognite-secret", "/etc/drop360/cognite-secret.cred"
    box.container.run("systemd-creds", "encrypt", "--with-key=host", "--name=cognite-secret", plain, encrypted)
    box.write(plain, "")
    box.write(f"{drop_in}/secret.conf", f"[Service]\nLoadCredential=\nLoadCredentialEncrypted=cognite-secret:{encrypted}\n")
    try:
        box.restart()
        box.drop()
        box.wait_until_delivered()
    finally:
        shutil.rmtree(box.container.path(drop_in))
        box.write(plain, "sandbox\n")
        box.restart()


CHECKS = [secret_stays_secret, writes_are_confined, others_see_nothing, late_mount, bounds, encrypted_secret]
