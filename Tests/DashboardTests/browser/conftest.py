"""Fixtures: one browser for all tests, a daemon for each file, and pages that are checked at the end of each test."""

import contextlib

import pytest
from playwright.sync_api import sync_playwright

from browsing import CHROMIUM, Browsing
from daemon import Daemon


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # Root may not use Chromium's sandbox, and all that is opened here is ours. Software rendering, so that pictures are alike everywhere.
        with contextlib.closing(playwright.chromium.launch(
                executable_path=CHROMIUM, chromium_sandbox=False,
                args=["--disable-background-networking", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb"])) as it:
            yield it


@pytest.fixture(scope="module")
def start_daemon(tmp_path_factory):
    """Starts daemons of a file's own: `start_daemon()`, with `environment={…}` if wanted. They are stopped after its last test."""
    with contextlib.ExitStack() as running:
        def start(**options):
            daemon = Daemon(tmp_path_factory.mktemp("daemon"), **options)
            running.callback(daemon.stop)
            return daemon
        yield start


@pytest.fixture(scope="module")
def daemon(start_daemon):
    """The daemon that all tests of a file share; its inbox is empty at first."""
    return start_daemon()


@pytest.fixture
def browsing(browser):
    """Pages for one test. At its end there must be no console message, no error, and no request to anywhere else."""
    it = Browsing(browser)
    yield it
    it.end()
