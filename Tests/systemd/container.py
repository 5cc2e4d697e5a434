"""A Debian container with systemd as its first process, by systemd-nspawn, on a machine that need not run systemd itself."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

# cgroups as Debian 12 has them, in a mount namespace of our own: the machine's own hierarchy stays as it is.
BOOT = r"""
if [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
    umount -R /sys/fs/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
fi
exec systemd-nspawn --quiet --boot --register=no --keep-unit --private-network --console=pipe --link-journal=no \
    --machine="$2" --directory="$1"
"""


class NotBootable(Exception):
    """This machine cannot boot a container; nothing is known about drop360."""


class Unmet(Exception):
    """A fact that did not come true in time."""


def eventually(what, seconds, fact, pause=0.1):
    """Waits until `fact()` is true, and returns its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = fact()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Unmet(f"not within {seconds} s: {what}")
        time.sleep(pause)


class Container:
    def __init__(self, archive, folder):
        """Unpacks a root file system from `archive` into `folder`."""
        self.root = Path(folder) / "root"
        self.console = Path(folder) / "console.log"
        self.name = f"drop360-{os.getpid()}"
        self.process = None
        self.leader = None
        self.root.mkdir()
        subprocess.run(["tar", "-xf", archive, "-C", self.root, "--numeric-owner", "--xattrs"], check=True)
        # A journal that survives a reboot.
        (self.root / "var/log/journal").mkdir(parents=True, exist_ok=True)

    def add_libraries(self, folder):
        source = Path(folder).resolve()
        target = self.path(str(source))
        target.mkdir(parents=True)
        for library in source.glob("*.so*"):
            shutil.copy2(library, target)

    # Life

    def boot(self):
        command = ["unshare", "--mount", "--propagation", "private", "bash", "-ec", BOOT, "boot", str(self.root), self.name]
        with self.console.open("ab") as console:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        self.wait_until_running()

    def wait_until_running(self):
        def leader():
            if self.process.poll() is not None:
                raise NotBootable(self.console.read_text(errors="replace")[-2000:])
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            names = {child: Path(f"/proc/{child}/comm").read_text().strip() for child in children}
            return next((child for child, name in names.items() if name == "systemd"), None)

        try:
            self.leader = eventually("the container's systemd starts", 60, leader)
            eventually("the container is up", 120, lambda: self.run("systemctl", "is-system-running", check=False) in ("running", "degraded"))
        except (Unmet, OSError) as error:
            raise NotBootable(f"{error}\n{self.console.read_text(errors='replace')[-2000:]}") from error

    def reboot(self):
        self.run("systemctl", "reboot", check=False)
        self.process.wait(120)
        # systemd-nspawn asks its supervisor for the new start (--keep-unit).
        if self.process.returncode != 133:
            raise Unmet(f"the reboot ended with {self.process.returncode}")
        self.boot()

    def cut_power(self):
        """Every process ends at once; what was written to the file system stays."""
        os.kill(int(self.leader), signal.SIGKILL)
        self.process.wait(60)
        self.boot()

    def close(self):
        if self.process and self.process.poll() is None:
            if self.leader and Path(f"/proc/{self.leader}").exists():
                os.kill(int(self.leader), signal.SIGKILL)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

        # systemd-nspawn leaves its folder for mounts behind where it cannot remove it; empty, since the mounts were in its namespace.
        left = Path("/run/systemd/nspawn/propagate", self.name)
        if left.is_dir() and not any(left.iterdir()):
            left.rmdir()

    # Commands

    def inside(self, pid, *command, user=None, umask=None):
        """The command line that runs `command` in the namespaces of a process, by its number on this machine."""
        enter = ["nsenter", "-t", str(pid), "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wdns=/"]
        enter += ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]
        if user:
            enter += ["setpriv", "--reuid", user, "--regid", user, "--init-groups"]
        if umask:
            enter += ["sh", "-c", f'umask {umask}; exec "$@"', "sh"]
        return enter + list(command)

    def try_run(self, *command, user=None, umask=None, pid=None):
        """Exit code and output, both streams together."""
        done = subprocess.run(
            self.inside(pid or self.leader, *command, user=user, umask=umask),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=300,
        )
        return done.returncode, done.stdout.strip()

    def run(self, *command, user=None, umask=None, check=True):
        code, output = self.try_run(*command, user=user, umask=umask)
        if check and code != 0:
            raise Unmet(f"`{' '.join(command)}` ended with {code}: {output[-1500:]}")
        return output

    def path(self, inside):
        return self.root / inside.lstrip("/")
