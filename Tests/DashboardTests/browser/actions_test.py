"""The buttons of the page, and what a page of another site can do with them: nothing."""

import http.server
import json
import threading

import pytest
from playwright.sync_api import expect

from browsing import check_accessibility, check_width, picture
from daemon import until

EVIL = """<!DOCTYPE html><meta charset="utf-8"><title>kittens</title>
<img id="picture" src="{target}/"><iframe id="frame" src="{target}/"></iframe>
<form id="form" method="post" action="{target}/pause" target="sink"><input name="token" value="guess"></form>
<form id="text" method="post" action="{target}/pause" target="sink" enctype="text/plain"><input name="token=guess&x" value="y"></form>
<iframe name="sink"></iframe>
<script>
const results = {{}};
async function attempt(name, work) {{ try {{ results[name] = await work(); }} catch (error) {{ results[name] = "refused"; }} }}
async function attack() {{
  document.getElementById("form").submit();
  document.getElementById("text").submit();
  const target = "{target}", form = new URLSearchParams({{ token: "guess" }});
  await attempt("read status", async () => (await fetch(target + "/status.json")).text());
  await attempt("read page with password", async () => (await fetch(target + "/", {{ credentials: "include" }})).text());
  await attempt("post", async () => (await fetch(target + "/pause", {{ method: "POST", body: form }})).text());
  await attempt("json", async () => (await fetch(target + "/pause", {{ method: "POST", body: "{{}}",
    headers: {{ "content-type": "application/json" }} }})).text());
  await attempt("blind post", async () => (await fetch(target + "/pause",
    {{ method: "POST", body: form, mode: "no-cors", credentials: "include" }})).type);
  await attempt("script", () => new Promise((done, fail) => {{
    const script = document.createElement("script");
    script.onload = () => done("loaded");
    script.onerror = fail;
    script.src = target + "/drop360.js";
    document.head.append(script);
  }}));
  await attempt("events", () => new Promise((done, fail) => {{
    const events = new EventSource(target + "/events");
    events.onopen = events.onmessage = () => done("open");
    events.onerror = () => {{ events.close(); fail(); }};
  }}));
  results.picture = document.getElementById("picture").naturalWidth;
  try {{ results.frame = document.getElementById("frame").contentWindow.document.body.textContent; }}
  catch (error) {{ results.frame = "refused"; }}
  return results;
}}
</script>"""


@pytest.fixture(scope="module")
def number(daemon):
    daemon.draw("plant/hall", heading=90)
    return daemon.number("plant/hall")


def is_paused(daemon):
    return json.loads(daemon.get("/status.json")[2])["paused"]


def test_pause_and_resume_by_keyboard_with_words_that_are_said_once(daemon, browsing, number):
    page = browsing.open(daemon, "/")
    page.get_by_role("button", name="Pause").focus()
    page.keyboard.press("Enter")
    notice = page.locator(".notice")
    expect(notice).to_contain_text("Paused: nothing is sent until it is resumed.")
    expect(notice).to_be_focused()
    # The address can be kept and sent: what was said is not in it.
    expect(page).to_have_url(daemon.url + "/")
    assert is_paused(daemon)
    check_accessibility(page)
    picture(page, "actions-paused")
    page.reload()
    expect(notice).to_have_count(0)
    page.get_by_role("button", name="Resume").click()
    expect(notice).to_contain_text("Resumed.")
    assert not is_paused(daemon)


def test_buttons_work_without_javascript(daemon, browsing, number):
    page = browsing.open(daemon, f"/stations/{number}", script=False)
    page.locator(".actions").get_by_role("button", name="Look again").click()
    expect(page.locator(".notice")).to_contain_text("is listed again")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_an_image_is_taken_out_of_cdf_after_a_page_that_shows_what_goes(daemon, browsing, phone):
    path = f"plant/out{int(phone)}"
    daemon.draw(path, heading=10)
    number = daemon.number(path)
    page = browsing.open(daemon, f"/stations/{number}", phone=phone)
    page.get_by_role("link", name="Take out of CDF…").click()
    expect(page.locator("h1")).to_have_text("Take an image out of CDF?")
    check_accessibility(page)
    check_width(page)
    picture(page, f"actions-retract{'-phone' if phone else ''}")
    page.get_by_role("link", name="Leave it").click()
    assert daemon.stations()[path]["state"] == "registered"
    page.get_by_role("link", name="Take out of CDF…").click()
    page.get_by_role("checkbox").check()
    page.locator("button.danger").click()
    expect(page.locator(".notice")).to_contain_text("and its files are taken out of CDF")
    until("the image to be gone", lambda: daemon.stations()[path]["state"] == "withdrawn", detail=daemon.log)
    # The page follows.
    expect(page.locator("#station-state .state")).to_have_text("withdrawn", timeout=30_000)
    assert "the page on loopback" in daemon.command("explain", number)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["other port", "other site"])
def test_a_page_of_another_site_in_the_same_browser_does_and_reads_nothing(daemon, browser, number, host):
    evil = EVIL.format(target=daemon.url).encode()

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(evil)

        def log_message(self, *words):
            pass

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    context = browser.new_context()
    try:
        page = context.new_page()
        # The operator has the page open in the same browser.
        operators = context.new_page()
        operators.goto(daemon.url + "/")
        page.goto(f"http://{host}:{site.server_port}/")
        results = page.evaluate("attack()")
    finally:
        context.close()
        site.shutdown()
    assert results.pop("blind post") in ("refused", "opaque")
    assert results.pop("picture") == 0
    assert set(results.values()) == {"refused"}, results
    assert not is_paused(daemon)
