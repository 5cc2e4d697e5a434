"""Pages of the daemon in headless Chromium, with all that they say and ask for."""

import os
import pathlib
import re
import urllib.parse

from axe_playwright_python.sync_playwright import Axe

CHROMIUM = "/usr/bin/chromium"
PICTURES = pathlib.Path(os.environ.get("PICTURES", "/tmp"))

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


class Browsing:
    """Opens pages, and keeps their console messages, errors and requests. `end` fails where one was not expected."""

    def __init__(self, browser):
        self.browser = browser
        self.contexts = []
        self.messages = []
        self.requests = []
        self.foreign = []
        self.expected = []

    def open(self, daemon, path, *, phone=False, dark=False, reduced_motion=False, script=True, **options):
        """A page of the daemon, loaded, in a context of its own.

        phone: 390 pixels wide, with touch. script=False: without JavaScript. Further options are those of Playwright's `new_context`.
        """
        context = self.browser.new_context(**{
            "viewport": PHONE if phone else DESK, "has_touch": phone, "is_mobile": phone,
            "color_scheme": "dark" if dark else "light",
            "reduced_motion": "reduce" if reduced_motion else "no-preference",
            "java_script_enabled": script, **options})
        context.set_default_timeout(30_000)
        self.contexts.append(context)
        home = urllib.parse.urlsplit(daemon.url).netloc
        context.route(lambda url: urllib.parse.urlsplit(url).netloc != home, self._refuse)
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", self._keep)
        context.on("weberror", lambda error: self.messages.append(f"error: {error.error}"))
        page = context.new_page()
        page.goto(daemon.url + path)
        return page

    def _refuse(self, route):
        self.foreign.append(route.request.url)
        route.abort()

    def _keep(self, message):
        self.messages.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def expect_message(self, pattern):
        """Console messages that match are part of what is tested."""
        self.expected.append(re.compile(pattern))

    def end(self):
        for context in self.contexts:
            context.close()
        odd = [each for each in self.messages if not any(pattern.search(each) for pattern in self.expected)]
        assert not odd, f"the console has messages: {odd}"
        assert not self.foreign, f"requests to elsewhere: {self.foreign}"


def picture(page, name, **options):
    """Keeps a picture of the page as NAME.png for people to look at."""
    page.screenshot(path=PICTURES / f"{name}.png", **options)


def check_accessibility(page, without=None, **options):
    """Fails with what axe-core finds wrong: WCAG 2.2 AA and its own best practices. without: a selector of what it leaves out."""
    context = {"exclude": [[without]]} if without else None
    violations = Axe().run(page, context=context, options=options or None).response["violations"]
    words = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n" + "\n".join(
            f"    {node['html'][:200]}\n    {node['failureSummary']}" for node in rule["nodes"][:4])
        for rule in violations]
    assert not words, "axe-core found:\n" + "\n".join(words)


def check_width(page):
    """Fails where the page is wider than the window: on a phone one would have to scroll sideways."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= window, f"the page is {wide} px wide in a window of {window} px"
