"""Open pages follow what happens by themselves, and leave the reader's place alone: scrolling, focus, filters, and where a view looks."""

import pytest
from playwright.sync_api import expect

import cube

# So low that every page has to be scrolled.
LOW = {"viewport": {"width": 900, "height": 320}}


@pytest.fixture(scope="module")
def first(daemon):
    daemon.draw("plant/first", site_id="plant", x=0, y=0, heading=30)
    return daemon.number("plant/first")


@pytest.fixture
def drop(daemon, first):
    """Delivers one more station, and returns its path."""
    def drop():
        drop.count += 1
        path = f"plant/more-{drop.count}"
        daemon.draw(path, site_id="plant", x=6 * drop.count, y=0, heading=30, seed=drop.count)
        daemon.number(path)
        return path
    drop.count = len(daemon.stations())
    return drop


def keep(page, selector=None):
    """Scrolls down, focuses, and marks the page. Returns what has to be the same afterwards."""
    page.evaluate("window.isTheSame = true")
    if selector:
        page.locator(selector).first.focus()
    page.evaluate("scrollTo(0, 120)")
    page.wait_for_function("() => scrollY === 120")
    return place(page)


def place(page):
    return page.evaluate("[window.isTheSame, scrollY, document.activeElement.outerHTML.slice(0, 50)]")


def test_the_overview(daemon, browsing, drop):
    page = browsing.open(daemon, "/", **LOW)
    done = page.locator(".counts .registered b")
    before = int(done.text_content())
    kept = keep(page, ".counts a.registered")
    drop()
    expect(done).to_have_text(str(before + 1))
    assert place(page) == kept


def test_the_table_with_its_filter_and_what_is_being_typed(daemon, browsing, drop):
    page = browsing.open(daemon, "/stations?state=registered", **LOW)
    search = page.locator("[data-search]")
    search.focus()
    # Not sent: the reader is still at it.
    page.evaluate("document.querySelector('[data-search]').value = 'mor'")
    kept = keep(page, "[data-search]")
    path = drop()
    expect(page.get_by_role("link", name=path)).to_be_attached()
    expect(search).to_have_value("mor")
    expect(page.locator("#filter-state")).to_have_value("registered")
    assert place(page) == kept


def test_one_station_with_its_view(daemon, browsing):
    made = cube.write_station(daemon.folder / "made" / "waiting", (0, 0, 1), station_id="waiting")
    sidecar = (made / "pose.json").read_text()
    (made / "pose.json").unlink()
    folder = daemon.drop(made, "plant/waiting")
    page = browsing.open(daemon, f"/stations/{daemon.number('plant/waiting', state='incomplete')}", **LOW)
    view = page.locator("[data-preview]")
    expect(view).to_have_attribute("data-faces", "6")
    view.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-heading]")).to_contain_text("Heading 185°, pitch 5°")
    page.wait_for_url("**/stations/*#heading=185&pitch=5")
    kept = keep(page, "[data-preview]")
    (folder / "pose.json").write_text(sidecar)
    expect(page.locator("#station-state .state")).to_have_text("registered", timeout=60_000)
    # It still looks there, and what is there has changed: the pose is known.
    expect(page.locator("[data-heading]")).to_contain_text("Heading 185°, pitch 5°")
    expect(page.locator("#station-cube")).to_contain_text("The front face looks 122.7° clockwise")
    assert page.evaluate("location.hash") == "#heading=185&pitch=5"
    assert place(page)[0] and place(page)[2] == kept[2]


def test_the_view_of_nobody_follows_the_pose(daemon, browsing):
    made = cube.write_station(daemon.folder / "made" / "quiet", (0, 0, 1), station_id="quiet")
    sidecar = (made / "pose.json").read_text()
    (made / "pose.json").unlink()
    folder = daemon.drop(made, "plant/quiet")
    page = browsing.open(daemon, f"/stations/{daemon.number('plant/quiet', state='incomplete')}")
    expect(page.locator("[data-heading]")).to_contain_text("Heading 180°, pitch 0°: front")
    (folder / "pose.json").write_text(sidecar)
    expect(page.locator("[data-heading]")).to_contain_text("Heading 122.7°, pitch 0°: front", timeout=60_000)


def test_the_plan_with_its_place_and_filter(daemon, browsing, drop, first):
    drop()
    page = browsing.open(daemon, "/sites/plant", **LOW)
    page.locator(".plan.scripted").wait_for()
    page.locator("[data-plan-view]").focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.dataset.station")
    spot = "n => { const b = document.querySelector(`#plan-marks [data-station='${n}'] path`).getBoundingClientRect(); return [b.x + scrollX, b.y + scrollY] }"
    # What was zoomed is drawn again after a moment.
    page.wait_for_function("() => !document.querySelector('.plan-view svg').style.transform")
    kept = keep(page)
    before = page.evaluate(spot, first)
    path = drop()
    number = daemon.number(path)
    expect(page.locator(f"#plan-marks .registered[data-station='{number}']")).to_have_count(1)
    expect(page.locator("#plan-words")).to_contain_text(f"{len([each for each in daemon.stations() if each.startswith('plant/')])} positions")
    assert place(page)[:2] == kept[:2]
    assert page.evaluate("document.activeElement.dataset.station") == focused
    assert page.evaluate(spot, first) == pytest.approx(before, abs=1)
