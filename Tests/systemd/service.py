"""The service under systemd: start, status, kills, hangs, configurations."""

import ctypes
import os
import shutil
import signal
from pathlib import Path

from box import CREW, INBOX
from container import Unmet, eventually

PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207
WAIT_FOR_ALL = 0x40000000  # __WALL: threads, too


def expect(fact, words):
    if not fact:
        raise Unmet(words)


def half_filled(box):
    """As installed, the service ends with 78, says what is empty, and is not started again"""
    box.container.run("systemctl", "start", "drop360", check=False)
    eventually("the service has failed", 30, lambda: box.property("ActiveState") == "failed")
    expect(box.property("ExecMainStatus") == "78", f"it ended with {box.property('ExecMainStatus')}")
    expect(box.property("NRestarts") == "0", "systemd started it again")
    expect("cognite.project" in box.journal(), "the journal does not name the empty key")
    box.container.run("systemctl", "reset-failed", "drop360")


def first_delivery(box):
    """Enabled, it is ready; a station that a crew member copies (umask 002) is in CDF, and the report is beside it"""
    box.container.run("systemctl", "start", "drop360-sandbox")
    eventually("the sandbox answers", 30, lambda: box.is_answering())
    box.write("/etc/drop360/cognite-secret", "sandbox\n")
    box.configure()
    box.container.run("drop360", "config", "--check")
    box.container.run("systemctl", "enable", "--now", "drop360")
    expect(box.property("ActiveState") == "active", "READY was not sent")
    name = box.drop()
    box.wait_until_delivered()
    report = f"{INBOX}/{name}.UPLOADED.txt"
    eventually("the report", 20, lambda: box.container.path(report).exists())
    box.container.run("cat", report, user=CREW)


def status_line(box):
    """`systemctl status` shows STATUS with what became of the stations"""
    box.wait_for_status("Connected. 1 registered")


def doctor(box):
    """`drop360 doctor`, run as drop360's user, finds nothing that is wrong"""
    box.container.run("drop360", "doctor", user="drop360")


def killed(box):
    """`kill -9` is followed by a new start, and nothing is delivered twice"""
    before, restarts = box.property("MainPID"), int(box.property("NRestarts"))
    os.kill(int(box.process()), signal.SIGKILL)
    eventually("a new process", 60, lambda: box.property("MainPID") not in (before, "0") and box.property("ActiveState") == "active")
    expect(int(box.property("NRestarts")) == restarts + 1, "systemd did not count one restart")
    box.drop()
    box.wait_until_delivered()


def bad_configuration(box):
    """A bad configuration ends the start with 78, and systemd does not try again"""
    good = box.container.path("/etc/drop360/config.yaml").read_text()
    box.write("/etc/drop360/config.yaml", good.replace("space: sandbox", "spice: sandbox"))
    box.container.run("systemctl", "restart", "drop360", check=False)
    eventually("the service has failed", 30, lambda: box.property("ActiveState") == "failed")
    expect(box.property("ExecMainStatus") == "78", f"it ended with {box.property('ExecMainStatus')}")
    expect(box.property("NRestarts") == "0", "systemd started it again")
    box.write("/etc/drop360/config.yaml", good)
    box.container.run("systemctl", "start", "drop360")
    box.wait_for_status("Connected")


def good_reload(box):
    """A reload takes a second inbox into use in the same process"""
    second = "/srv/drop360/second"
    box.container.run("install", "-d", "-o", "drop360", "-g", "drop360-crew", "-m", "2770", second)
    before = box.property("MainPID")
    box.configure(inboxes=(INBOX, second))
    box.container.run("systemctl", "reload", "drop360")
    eventually("the reload has ended", 60, lambda: box.property("ActiveState") == "active")
    box.drop(inbox=second)
    box.wait_until_delivered()
    expect(box.property("MainPID") == before, "the process is another one")


def bad_reload(box):
    """A bad configuration makes the reload fail; the process goes on with the old one"""
    good, before = box.container.path("/etc/drop360/config.yaml").read_text(), box.property("MainPID")
    box.write("/etc/drop360/config.yaml", good.replace("inboxes:", "inboxen:"))
    code, _ = box.container.try_run("systemctl", "reload", "drop360")
    box.write("/etc/drop360/config.yaml", good)
    expect(code != 0, "the reload succeeded")
    expect("inboxen" in box.journal(), "the journal does not name the unknown key")
    expect(box.property("MainPID") == before and box.property("ActiveState") == "active", "the service did not go on")
    box.drop()
    box.wait_until_delivered()


def hung_process(box):
    """A process that hangs trips the watchdog, and is replaced"""
    box.write("/etc/systemd/system/drop360.service.d/quick.conf", "[Service]\nWatchdogSec=6s\nRestartSec=1s\n")
    box.container.run("systemctl", "daemon-reload")
    box.container.run("systemctl", "restart", "drop360")
    before = box.property("MainPID")
    os.kill(int(box.process()), signal.SIGSTOP)
    eventually("the watchdog", 60, lambda: "Watchdog timeout" in box.journal())
    eventually("a new process", 60, lambda: box.property("MainPID") not in (before, "0") and box.property("ActiveState") == "active")
    shutil.rmtree(box.container.path("/etc/systemd/system/drop360.service.d"))
    box.restart()


def second_site(box):
    """drop360@north delivers beside drop360, with a configuration, a secret and a state of its own"""
    box.container.run("install", "-d", "-o", "drop360", "-g", "drop360-crew", "-m", "2770", "/srv/drop360/north")
    box.container.run("install", "-d", "-m", "0750", "-g", "drop360", "/etc/drop360/north")
    for name in ("cognite-secret", "config.yaml"):
        box.container.run("install", "-m", "0640", "-g", "drop360", "/dev/null", f"/etc/drop360/north/{name}")
    box.write("/etc/drop360/north/cognite-secret", "sandbox\n")
    box.configure(inboxes=("/srv/drop360/north",), site="north", page=3601)
    box.container.run("systemctl", "start", "drop360@north")
    box.drop(inbox="/srv/drop360/north")
    box.in_other_ledgers += 1
    box.wait_until_delivered()
    expect(box.container.path("/var/lib/drop360/north/ledger.sqlite").exists(), "its ledger is elsewhere")


def stop_scanner(box):
    """The scanner's thread of drop360@north is stopped, and nothing else"""
    process = box.process("drop360@north")
    threads = {(thread / "comm").read_text().strip(): thread.name for thread in Path(f"/proc/{process}/task").iterdir()}
    box.stopped = (process, int(threads["inbox-scan"]))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    for request in (PTRACE_SEIZE, PTRACE_INTERRUPT):
        if libc.ptrace(request, int(threads["inbox-scan"]), None, None) != 0:
            raise Unmet(f"ptrace: {os.strerror(ctypes.get_errno())}")


def hung_scanner(box):
    """A scanner whose thread stands still trips the watchdog, though everything else goes on (drop360@north)"""
    before, thread = box.stopped

    def is_replaced():
        # The dead process stays until its tracer, this one, has taken note of the thread's end.
        try:
            os.waitpid(thread, os.WNOHANG | WAIT_FOR_ALL)
        except ChildProcessError:
            pass
        return "Watchdog timeout" in box.journal("drop360@north") and box.process("drop360@north") not in (None, before)

    eventually("the watchdog", 660, is_replaced, pause=1)


CHECKS = [half_filled, first_delivery, status_line, doctor, killed, bad_configuration, good_reload, bad_reload, hung_process, second_site]
