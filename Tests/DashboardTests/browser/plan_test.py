"""The plan of a site: stations where they stand, what stands wrong, and how one moves about in it."""

import json
import re
import sqlite3

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


def test_arrows_show_where_front_faces_look(plan, numbers):
    # From the centre to the tip, and back to both sides of it.
    arrows = [[float(number) for number in re.findall(r"-?[\d.]+", arrow)]
              for arrow in plan.locator("#plan-marks .plan-headings").get_attribute("d").split("M")[1:]]
    assert len(arrows) == len(numbers)
    south = [arrow for arrow in arrows if arrow[3] > 0]
    assert len(south) == 1, "one looks south, the others north"
    x, y, dx, dy = south[0][:4]
    assert (x, y) == pytest.approx((PLACES[TURNED][0], -PLACES[TURNED][1])) and dx == pytest.approx(0, abs=0.01)
    assert all(len(arrow) == 10 for arrow in arrows)


def test_names_stand_beside_their_marks_without_lying_over_each_other(plan, numbers):
    names = plan.locator(".plan-names text")
    assert sorted(names.all_text_contents()) == sorted(PLACES)
    boxes = plan.evaluate(
        "() => [...document.querySelectorAll('.plan-names text')].map((name) => {"
        " const { x, y, width, height } = name.getBoundingClientRect(); return { x, y, width, height } })")
    for index, one in enumerate(boxes):
        for other in boxes[:index]:
            assert (one["x"] + one["width"] <= other["x"] + 2 or other["x"] + other["width"] <= one["x"] + 2
                    or one["y"] + one["height"] <= other["y"] + 4 or other["y"] + other["height"] <= one["y"] + 4)
    # From far away there is no room for them.
    for _ in range(9):
        plan.get_by_role("button", name="Zoom out").click()
    expect(names).to_have_count(0)


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


@pytest.fixture(scope="module")
def tower(daemon):
    """Three floors, 4 m apart; one position was visited three times, another one was refused, a third one is incomplete."""
    for floor in range(3):
        for place in range(5):
            daemon.draw(f"tower/{floor}-{place}", site_id="tower", x=5 * place, y=2 * floor, z=4 * floor + 1.6, heading=40 * place)
    for visit in (2, 3):
        daemon.draw(f"tower/again-{visit}", site_id="tower", station_id="0-0", x=0, y=0, z=1.6, heading=0, seed=visit,
                    time=f"2026-06-0{visit}T10:00:00Z")
    names = [f"{floor}-{place}" for floor in range(3) for place in range(5)] + ["again-2", "again-3"]
    return {name: daemon.number(f"tower/{name}") for name in names}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_heights_are_shaded_and_filtered(daemon, browsing, tower, dark):
    page = browsing.open(daemon, "/sites/tower", dark=dark)
    page.locator(".plan.scripted").wait_for()
    fill = lambda name: page.evaluate(
        "n => getComputedStyle(document.querySelector(`[data-station='${n}'] path`)).fill", tower[name])
    assert fill("0-1") == fill("2-1")
    legend = page.locator("[data-plan-heights]")
    expect(legend).to_be_hidden()
    page.get_by_label("Colour").select_option("height")
    expect(legend).to_have_text("z 1.6 m z 9.6 m; shapes show the states")
    assert len({fill("0-1"), fill("1-1"), fill("2-1")}) == 3
    assert fill("1-1") == fill("1-2")
    check_accessibility(page)
    picture(page, f"plan-heights{'-dark' if dark else ''}", full_page=True)
    page.locator("[data-plan-level]").select_option(index=2)
    expect(page.locator(f"[data-station='{tower['1-1']}']")).to_be_visible()
    expect(page.locator(f"[data-station='{tower['2-1']}']")).to_be_hidden()


def test_visits_of_one_position_are_counted(daemon, browsing, tower):
    page = browsing.open(daemon, "/sites/tower")
    counts = page.locator(".plan-count")
    expect(counts).to_have_text(["3"])
    expect(page.locator(f"[data-station='{tower['again-3']}']")).to_have_attribute("aria-label", re.compile("3 visits"))
    without = browsing.open(daemon, "/sites/tower", script=False)
    expect(without.locator(".plan-count")).to_have_text(["3"])


def multiply(daemon, number, count, spacing=5):
    """Puts more finished stations into the ledger, like the one with this number, on a square; returns the number of the last."""
    with sqlite3.connect(daemon.state / "ledger.sqlite", timeout=30, isolation_level=None) as ledger:
        ledger.row_factory = sqlite3.Row
        ledger.execute("BEGIN IMMEDIATE")
        item = dict(ledger.execute("SELECT * FROM item WHERE id = ?", [number]).fetchone())
        content = dict(ledger.execute("SELECT * FROM content WHERE item = ?", [number]).fetchone())
        value = json.loads(content["value"])
        columns = round(count ** 0.5)
        insert = lambda table, row: ledger.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())).lastrowid
        for index in range(1, count + 1):
            row, column = divmod(index, columns)
            copy = insert("item", {**item, "id": None, "path": f"{item['path']}-{index}", "report": None})
            insert("content", {
                **content, "item": copy, "externalID": f"{content['externalID']}-{index}", "stationID": f"{content['stationID']}-{index}",
                # The viewer loads 10,000 images of one collection: a further one has to find room.
                "collectionID": content["collectionID"] if index % 2 else "another",
                "x": column * spacing + index % 3, "y": row * spacing, "z": 1.6 + index % 2 * 4, "heading": index % 360,
                "value": json.dumps({**value, "label": f"label {index}"})})
        ledger.execute("COMMIT")
    return copy


@pytest.fixture(scope="module")
def large(start_daemon):
    daemon = start_daemon()
    daemon.draw("large/one", site_id="large", x=0, y=0)
    daemon.last = multiply(daemon, daemon.number("large/one"), 9_999)
    return daemon


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_ten_thousand_stations_are_drawn_named_and_reached(large, browsing, dark):
    page = browsing.open(large, "/sites/large", dark=dark)
    page.locator(".plan.scripted").wait_for()
    assert page.locator("[data-plan-made] [data-station]").count() == 10_000
    assert len(large.get("/sites/large")[2]) < 300_000
    picture(page, f"plan-large{'-dark' if dark else ''}", full_page=True)
    page.mouse.move(*page.evaluate(
        "n => { const b = document.querySelector(`[data-station='${n}']`).getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2] }",
        large.last))
    expect(page.locator("[data-plan-tip]")).to_contain_text("label 9999")
    page.locator("[data-plan-view]").focus()
    for _ in range(6):
        page.keyboard.press("+")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.dataset.station")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("first => document.activeElement.dataset.station !== first", arg=first)
    expect(page.locator("[data-plan-tip]")).to_contain_text("station")
    picture(page, f"plan-large-near{'-dark' if dark else ''}")
    # Marks are checked where they are few: axe looks at each of them for milliseconds.
    check_accessibility(page, without="[data-plan-made]")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/stations/"))


def test_a_large_plan_takes_what_comes_and_keeps_what_is_focused(large, browsing):
    page = browsing.open(large, "/sites/large")
    page.locator(".plan.scripted").wait_for()
    page.evaluate("window.isTheSame = true")
    page.get_by_label("Colour").select_option("height")
    page.locator("[data-plan-view]").focus()
    page.keyboard.press("+")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.dataset.station")
    large.draw("large/late", site_id="large", x=-20, y=-20)
    late = large.number("large/late")
    expect(page.locator(f"[data-plan-made] [data-station='{late}'].registered")).to_have_count(1, timeout=60_000)
    assert page.evaluate("window.isTheSame && document.activeElement.dataset.station") == focused
    expect(page.get_by_label("Colour")).to_have_value("height")
    assert page.evaluate("n => document.querySelector(`[data-station='${n}']`).dataset.height", late) is not None


def test_without_a_script_a_large_plan_has_dots_and_says_where_names_are(large, browsing):
    page = browsing.open(large, "/sites/large", script=False)
    expect(page.locator("noscript p")).to_contain_text("names are in the table")
    picture(page, "plan-large-without-script")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", ["/sites", "/sites/plant", "/sites/tower"])
def test_it_is_readable_for_all(daemon, browsing, numbers, tower, path, phone, dark):
    page = browsing.open(daemon, path, phone=phone, dark=dark)
    expect(page.locator("h1")).to_be_visible()
    check_accessibility(page)
    check_width(page)
    picture(page, f"plan{path.replace('/', '-')}{'-phone' if phone else ''}{'-dark' if dark else ''}", full_page=True)
