"""drop360's package on a real Debian with a real systemd: one line for each check.

Tests/systemd --deb DEB --previous DEB --draw-station FILE --debian TAR [--long]
Exit codes: 0 all checks hold, 1 one does not, 77 no container can be booted here, so that nothing was checked.
"""

import argparse
import shutil
import signal
import sys
import tempfile
import time

import packages
import safety
import service
from box import Box
from container import Container, NotBootable


def sentence(check):
    return check.__doc__.strip()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--deb", required=True)
    options.add_argument("--previous", required=True)
    options.add_argument("--draw-station", required=True)
    options.add_argument("--debian", required=True, help="a tar of Debian 12 with systemd and what the package depends on")
    options.add_argument("--libraries", help="a folder of shared libraries that the container gets in the same place")
    options.add_argument("--long", action="store_true", help="also the watchdog's eight minutes with a scanner that stands still")
    options.add_argument("--keep", action="store_true", help="leave the root file system for a look")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    folder = tempfile.mkdtemp(prefix="drop360-systemd.")
    container = Container(chosen.debian, folder)
    failures = 0
    passed = 0
    try:
        if chosen.libraries:
            container.add_libraries(chosen.libraries)
        container.boot()
        box = Box(container, chosen.draw_station)
        box.deb = chosen.deb
        checks = [packages.make_installed(chosen.previous), *service.CHECKS]
        # The scanner stands still while the other checks of the service go on.
        checks += [service.stop_scanner, *safety.CHECKS, service.hung_scanner] if chosen.long else safety.CHECKS
        upgrades = [packages.make_upgrade, packages.make_refused_upgrade, packages.make_upgrade_of_hung]
        checks += [make(chosen.deb) for make in upgrades]
        checks += [packages.rebooted, packages.power_cut, packages.make_removed(chosen.deb), packages.purged]
        for check in checks:
            began = time.monotonic()
            try:
                check(box)
                passed += 1
                print(f"ok      {sentence(check)} ({time.monotonic() - began:.0f} s)", flush=True)
            except NotBootable:
                raise
            except Exception as error:
                failures += 1
                print(f"FAILED  {sentence(check)}: {error}", flush=True)
        if failures:
            handle, log = tempfile.mkstemp(prefix="drop360-systemd.", suffix=".journal")
            with open(handle, "w") as file:
                file.write(container.try_run("journalctl", "--no-pager", "-b", "all")[1])
            print(f"The container's journal is in {log}")
    except NotBootable as error:
        print(f"not run: systemd-nspawn cannot boot a container on this machine, so nothing was checked. It said: {error}")
        return 77
    finally:
        container.close()
        if not chosen.keep:
            shutil.rmtree(folder, ignore_errors=True)
    if not chosen.long:
        print("not run: a scanner's thread that stands still trips the watchdog (eight minutes; --long)")
    print(f"{passed} passed, {failures} failed")
    return 1 if failures else 0


sys.exit(main())
