"""The package's life: installed, upgraded and rebooted in the middle of work, removed, purged."""

import os
import signal
import subprocess

from box import CREW, INBOX
from container import eventually
from service import expect

SLOW = '{concurrency: 1, bandwidth: "30kB/s"}'
# What the system itself writes while packages come and go, and what the test brings.
OTHERS = ("var/log", "var/lib/dpkg", "var/lib/apt", "var/cache", "var/lib/systemd", "run", "tmp", "var/tmp", "proc", "sys", "dev", "home", "root")
ACCOUNTS = ("etc/passwd", "etc/group", "etc/shadow", "etc/gshadow")


def files(box):
    root = str(box.container.root)
    listed = subprocess.run(["find", root, "-xdev", "-printf", "%P\n"], capture_output=True, text=True).stdout.splitlines()
    backups = {f"{one}-" for one in ACCOUNTS} | {"etc/.pwd.lock", "etc/subuid-", "etc/subgid-", "etc/ld.so.cache"}
    return {one for one in listed if not one.startswith(OTHERS) and one not in backups}


def accounts(box):
    return {one: sorted(line.split(":")[0] for line in box.container.path(one).read_text().splitlines()) for one in ACCOUNTS}


def install(box, deb):
    box.copy_in(deb, "/root/drop360.deb")
    return box.container.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "/root/drop360.deb")


def start_slow_work(box, count=3):
    """Stations whose upload takes a while, caught while the first is on its way."""
    box.configure(upload=SLOW)
    box.container.run("systemctl", "reload", "drop360")
    for _ in range(count):
        box.drop(edge=1024)
    eventually("an upload is on its way", 60, lambda: box.counts().get("uploading", 0) > 0)
    expect(box.counts().get("registered", 0) < len(box.dropped) - box.in_other_ledgers, "everything is delivered already")


def finish_work(box):
    box.configure()
    box.container.run("systemctl", "reload", "drop360")
    box.wait_until_delivered(seconds=180)


def make_installed(previous):
    def installed(box):
        """Installed by apt; nothing runs, nothing is enabled; the next step is said"""
        box.files_before, box.accounts_before = files(box), accounts(box)
        output = install(box, previous)
        expect("fill in /etc/drop360/config.yaml" in output, "apt's output does not say what to do")
        for unit in ("drop360", "drop360-sandbox"):
            expect(box.property("ActiveState", unit) == "inactive", f"{unit} runs")
            expect(box.property("UnitFileState", unit) == "disabled", f"{unit} is enabled")
        box.container.run("useradd", "--create-home", "--groups", "drop360-crew", CREW)
        rights = box.container.run("stat", "-c", "%a %U:%G", "/etc/drop360/config.yaml", "/etc/drop360/cognite-secret", INBOX)
        expect(rights.split("\n") == ["640 root:drop360", "600 root:root", "2770 drop360:drop360-crew"], rights)

    return installed


def make_upgrade(deb):
    def upgraded(box):
        """An upgrade with an upload on its way: the new version runs, configuration kept, nothing lost or doubled"""
        start_slow_work(box)
        before = box.property("MainPID")
        kept = box.container.path("/etc/drop360/config.yaml").read_text()
        install(box, deb)
        eventually("the new version runs", 60, lambda: box.property("MainPID") not in (before, "0") and box.property("ActiveState") == "active")
        expect(box.container.path("/etc/drop360/config.yaml").read_text() == kept, "the configuration is another one")
        finish_work(box)

    return upgraded


def make_upgrade_of_hung(deb):
    def hung_upgrade(box):
        """An upgrade replaces a process that hangs, and apt does not wait for it for ever (drop360@north)"""
        before = box.process("drop360@north")
        os.kill(int(before), signal.SIGSTOP)
        box.copy_in(deb, "/root/drop360.deb")
        box.container.run("dpkg", "--install", "/root/drop360.deb")
        eventually("the new process", 60, lambda: box.process("drop360@north") not in (None, before))
        box.wait_until_delivered()

    return hung_upgrade


def make_refused_upgrade(deb):
    def upgrade_waits(box):
        """An upgrade over a configuration that the new version refuses restarts nothing, says so, and the old process goes on"""
        good, before = box.container.path("/etc/drop360/config.yaml").read_text(), box.property("MainPID")
        box.write("/etc/drop360/config.yaml", good + "new-key: 1\n")
        box.copy_in(deb, "/root/drop360.deb")
        output = box.container.run("dpkg", "--install", "/root/drop360.deb")
        box.write("/etc/drop360/config.yaml", good)
        expect("was not restarted" in output, "the output does not say so")
        expect(box.property("MainPID") == before and box.property("ActiveState") == "active", "the old process did not go on")
        box.drop()
        box.wait_until_delivered()

    return upgrade_waits


def rebooted(box):
    """A reboot with an upload on its way: the service is there again, nothing lost or doubled"""
    box.container.run("systemctl", "enable", "drop360-sandbox")
    start_slow_work(box)
    box.container.reboot()
    eventually("the service is up", 60, lambda: box.property("ActiveState") == "active")
    finish_work(box)


def power_cut(box):
    """A power cut with an upload on its way: nothing lost or doubled"""
    start_slow_work(box)
    box.container.cut_power()
    eventually("the service is up", 60, lambda: box.property("ActiveState") == "active")
    finish_work(box)


def make_removed(deb):
    def removed(box):
        """Removed, nothing runs, state and configuration stay; installed again, nothing is delivered twice"""
        box.container.run("apt-get", "remove", "-y", "-qq", "drop360")
        expect(box.property("ActiveState") == "inactive" and box.process() is None, "it still runs")
        for path in ("/var/lib/drop360/ledger.sqlite", "/etc/drop360/config.yaml"):
            expect(box.container.path(path).exists(), f"{path} is gone")
        output = install(box, deb)
        expect("drop360.service is enabled but does not run" in output, "apt's output does not say that the service is stopped")
        box.container.run("systemctl", "start", "drop360-sandbox", "drop360")
        box.drop()
        box.wait_until_delivered()

    return removed


def purged(box):
    """Purged while the crew's stations are there, also in an inbox elsewhere, they stay and are named; once they are gone, nothing is left at all"""
    output = box.container.run("apt-get", "purge", "-y", "-qq", "drop360")
    expect("/srv/drop360 stays" in output, "the output does not name the inbox")
    expect(box.container.path(f"{INBOX}/{box.dropped[0]}/pose.json").exists(), "a crew's station is gone")
    expect(not box.container.path("/var/lib/drop360").exists() and not box.container.path("/etc/drop360").exists(), "state or secrets are left")
    install(box, box.deb)
    box.configure(inboxes=('"/data/inbox"',))
    box.container.run("install", "-d", "-o", "drop360", "-g", "drop360-crew", "-m", "2770", "/data/inbox")
    box.container.run("sh", "-c", f"rm -rf /srv/drop360/second /srv/drop360/north {INBOX}/*")
    output = box.container.run("apt-get", "purge", "-y", "-qq", "drop360")
    expect("/data/inbox stays" in output, "the output does not name the inbox elsewhere")
    rights = box.container.run("stat", "-c", "%U:%G", "/data/inbox")
    expect(rights == "drop360:drop360-crew", f"the inbox elsewhere belongs to {rights}")
    install(box, box.deb)
    box.container.run("rm", "-rf", "/data")
    box.container.run("userdel", "--remove", CREW)
    box.container.run("apt-get", "purge", "-y", "-qq", "drop360")
    left = sorted(files(box) - box.files_before)
    expect(not left, f"left: {left[:10]}")
    expect(accounts(box) == box.accounts_before, "accounts are left")
