"""The plan of a site: stations where they stand, what stands wrong, and how one moves about in it."""

import re

import pytest
from playwright.sync_api import expect

from browsing import check_accessibility, check_width, picture

# Four by three, 6 m apart, all looking north; one far away, one looking south.
PLACES = {f"s{column}{row}": (100 + 6 * column, 40 + 6 * row) for column in range(4) for row in range(3)}
FAR, TURNED = "s33", "s11"


@pytest.fixture(scope="module")
def numbers(daemon):
    for name, (x, y) in {**PLACES, FAR: (900, 46)}.items():
        daemon.draw(f"plant/{name}", site_id="plant", x=x, y=y, heading=180 if name == TURNED else 2)
    return {name: daemon.number(f"plant/{name}") for name in [*PLACES, FAR]}


def centre(page, number):
    return page.evaluate(
        "n => { const b = document.querySelector(`#plan-marks [data-station='${n}']`).getBoundingClientRect();"
        " return [b.x + b.width / 2, b.y + b.height / 2] }", number)


@pytest.fixture
def plan(daemon, browsing, numbers):
    page = browsing.open(daemon, "/sites/plant")
    page.locator(".plan.scripted").wait_for()
    return page


def test_stations_stand_where_they_stand(plan, numbers):
    west, east, north = (centre(plan, numbers[name]) for name in ("s00", "s30", "s02"))
    assert east[0] - west[0] == pytest.approx(west[1] - north[1] + (east[0] - west[0]) / 3, rel=0.02)
    assert east[1] == pytest.approx(west[1], abs=1) and north[0] == pytest.approx(west[0], abs=1)
    assert north[1] < west[1]


def test_what_stands_or_looks_wrong_is_told(plan, numbers):
    findings = plan.locator("#plan-findings")
    expect(findings.locator(".alone")).to_contain_text(f"{FAR} stands 782 m from all others")
    expect(findings.locator(".heading")).to_contain_text(re.compile(rf"{TURNED} looks 178° away"))
    expect(findings.locator("li")).to_have_count(2)
    edge = plan.locator("#plan-edges a")
    expect(edge).to_have_attribute("href", f"/stations/{numbers[FAR]}")
    expect(edge).to_contain_text("→")
    plan.get_by_role("button", name="Fit everything").click()
    expect(edge).to_be_hidden()


def test_it_moves_by_mouse_and_keys_and_zooms(plan, numbers):
    number = numbers["s00"]
    x, y = centre(plan, number)
    plan.mouse.move(x + 40, y - 40)
    plan.mouse.down()
    plan.mouse.move(x + 100, y - 20, steps=4)
    plan.mouse.up()
    assert centre(plan, number) == pytest.approx([x + 60, y + 20], abs=1)
    plan.locator("[data-plan-view]").focus()
    plan.keyboard.press("ArrowRight")
    assert centre(plan, number) == pytest.approx([x, y + 20], abs=1)
    before = [centre(plan, numbers[name])[0] for name in ("s00", "s10")]
    plan.keyboard.press("+")
    after = [centre(plan, numbers[name])[0] for name in ("s00", "s10")]
    assert after[1] - after[0] == pytest.approx(1.5 * (before[1] - before[0]), rel=0.02)
    plan.keyboard.press("0")
    assert centre(plan, number) == pytest.approx([x, y], abs=1)


def test_a_drag_opens_nothing_and_a_click_opens_the_station(plan, numbers):
    x, y = centre(plan, numbers["s10"])
    plan.mouse.move(x, y)
    plan.mouse.down()
    plan.mouse.move(x + 50, y, steps=3)
    plan.mouse.up()
    assert plan.url.endswith("/sites/plant")
    plan.mouse.click(*centre(plan, numbers["s10"]))
    plan.wait_for_url(f"**/stations/{numbers['s10']}")


def test_stations_are_reached_and_opened_by_keys_alone(plan, numbers):
    plan.locator("[data-plan-view]").focus()
    plan.keyboard.press("Tab")
    first = plan.evaluate("document.activeElement.dataset.station")
    assert first in map(str, numbers.values())
    for key in ("ArrowRight", "ArrowUp"):
        plan.keyboard.press(key)
    second = plan.evaluate("document.activeElement.dataset.station")
    assert second not in (None, first)
    expect(plan.locator("[data-plan-tip]")).to_contain_text(f"station {second}")
    plan.keyboard.press("Enter")
    plan.wait_for_url(f"**/stations/{second}")


def test_without_script_it_is_a_picture_with_links(daemon, browsing, numbers):
    page = browsing.open(daemon, "/sites/plant", script=False)
    assert page.locator("svg a[data-station]").count() == len(numbers)
    picture(page, "plan-without-script")
    page.locator(f"svg a[data-station='{numbers['s20']}']").click()
    page.wait_for_url(f"**/stations/{numbers['s20']}")


def test_a_station_that_comes_is_on_the_open_plan_at_its_place(start_daemon, browsing):
    daemon = start_daemon()
    daemon.draw("hall/one", site_id="hall", x=0, y=0)
    daemon.number("hall/one")
    page = browsing.open(daemon, "/sites/hall")
    page.locator(".plan.scripted").wait_for()
    page.evaluate("window.isTheSame = true")
    daemon.draw("hall/two", site_id="hall", x=5, y=0)
    two = daemon.number("hall/two")
    expect(page.locator(f"#plan-marks a.registered[data-station='{two}']")).to_have_count(1)
    expect(page.locator("#plan-words")).to_contain_text("2 positions")
    assert page.evaluate("window.isTheSame")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", ["/sites", "/sites/plant"])
def test_it_is_readable_for_all(daemon, browsing, numbers, path, phone, dark):
    page = browsing.open(daemon, path, phone=phone, dark=dark)
    expect(page.locator("h1")).to_be_visible()
    check_accessibility(page)
    check_width(page)
    picture(page, f"plan{path.replace('/', '-')}{'-phone' if phone else ''}{'-dark' if dark else ''}", full_page=True)
