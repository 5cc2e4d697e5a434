"""The page of one station: its 360° view, its unfolded cube, and what it says."""

import io
import json
import math
import pathlib
import re
import struct
import subprocess
import zlib

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import expect

import cube
from browsing import check_accessibility, check_width, picture
from daemon import DRAW_STATION

VECTORS = pathlib.Path(__file__).resolve().parents[4] / "shared/contract/pose_vectors.json"

# Euler angles in radians: level and unturned; front to +X; steeply up; with roll; all three; at gimbal lock; a pose of the contract's vectors.
POSES = {
    "plain": (0, 0, 0),
    "east": (0, 0, math.pi / 2),
    "pitch": (-0.6, 0, math.pi),
    "roll": (0, 0.5, math.pi / 3),
    "all": (0.3, -0.7, 2.1),
    "lock": (0.4, 0, math.pi / 2),
    "vector": (0.1, -0.2, 0.3),
}


@pytest.fixture(scope="module")
def stations(daemon):
    """The number of a station with each pose."""
    for name, euler in POSES.items():
        folder = cube.write_station(daemon.folder / "made" / name, euler, station_id=name)
        daemon.drop(folder, f"plant/{name}")
    return {name: daemon.number(f"plant/{name}") for name in POSES}


def ready(page):
    """Waits until the six pictures are there."""
    view = page.locator("[data-preview]")
    expect(view).to_have_attribute("aria-busy", "false")
    expect(view).to_have_attribute("data-faces", "6")
    return view


def turn(page, heading, pitch):
    """Turns the view by the address, and waits until it says so."""
    page.evaluate("([heading, pitch]) => { location.hash = `heading=${heading}&pitch=${pitch}`; }", [heading, pitch])
    shown = [round(heading * 10) / 10 % 360, round(pitch * 10) / 10 + 0]
    page.wait_for_function(
        """([heading, pitch]) => {
            const [, h, p] = document.querySelector("[data-heading]").textContent.match(/Heading (.*)°, pitch (.*)°/);
            return Math.abs(Number(h) - heading) < 0.11 && Math.abs(Number(p) - pitch) < 0.11;
        }""", arg=shown)
    # What was set is drawn with the next frame.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def colour_at(view, across=0.5, down=0.5):
    """The mean colour of some pixels of the view; 0.5, 0.5 is its middle."""
    shot = Image.open(io.BytesIO(view.screenshot())).convert("RGB")
    x, y = round(shot.width * across), round(shot.height * down)
    return ImageStat.Stat(shot.crop((x - 3, y - 3, x + 3, y + 3))).mean


def test_the_formula_is_that_of_the_contract():
    if not VECTORS.exists():
        pytest.skip("no ../shared here")
    for vector in json.loads(VECTORS.read_text()):
        d = cube.direction(vector["euler"], vector["face"], vector["u"], vector["v"])
        assert d == pytest.approx(vector["dir"], abs=1e-6), vector


@pytest.mark.parametrize("pose", POSES)
def test_the_middle_of_the_view_is_what_the_viewer_shows_there(daemon, browsing, stations, pose):
    page = browsing.open(daemon, f"/stations/{stations[pose]}")
    view = ready(page)
    for face in cube.COLOURS:
        # The middle of the face, and a place off it that no mirrored or turned picture has there.
        for u, v in [(0.5, 0.5), (0.3, 0.8)]:
            turn(page, *cube.heading_and_pitch(cube.direction(POSES[pose], face, u, v)))
            seen, across, down = cube.read_colour(colour_at(view))
            assert seen == face, f"{face} {u} {v}: the middle shows {seen}"
            assert across == pytest.approx(u, abs=0.05) and down == pytest.approx(v, abs=0.05), f"{face} {u} {v}"


def test_the_middle_is_right_for_the_contracts_vectors(daemon, browsing):
    if not VECTORS.exists():
        pytest.skip("no ../shared here")
    vectors = [each for each in json.loads(VECTORS.read_text()) if 0 < each["u"] < 1 and 0 < each["v"] < 1]
    poses = sorted({tuple(each["euler"]) for each in vectors})[1::5]
    assert poses
    for index, euler in enumerate(poses):
        made = cube.write_station(daemon.folder / "made" / f"contract-{index}", euler, station_id=f"contract-{index}")
        daemon.drop(made, f"contract/{index}")
    for index, euler in enumerate(poses):
        page = browsing.open(daemon, f"/stations/{daemon.number(f'contract/{index}')}")
        view = ready(page)
        for vector in vectors:
            if tuple(vector["euler"]) == euler:
                turn(page, *cube.heading_and_pitch(vector["dir"]))
                seen, across, down = cube.read_colour(colour_at(view))
                assert seen == vector["face"], vector
                assert (across, down) == pytest.approx((vector["u"], vector["v"]), abs=0.05), vector


def test_up_is_up_and_right_is_right(daemon, browsing, stations):
    page = browsing.open(daemon, f"/stations/{stations['plain']}")
    view = ready(page)
    for face, heading, pitch in [
            ("front", 180, 0), ("right", 270, 0), ("back", 0, 0), ("left", 90, 0),
            # Straight up and down, the front is below and above: the heading is where it looks.
            ("top", 180, 90), ("bottom", 180, -90)]:
        turn(page, heading, pitch)
        assert cube.read_colour(colour_at(view))[0] == face
        _, middle, height = cube.read_colour(colour_at(view))
        _, right, _ = cube.read_colour(colour_at(view, across=0.6))
        _, _, lower = cube.read_colour(colour_at(view, down=0.7))
        assert right > middle + 0.1, f"{face}: what is right in the picture is right in the view"
        assert lower > height + 0.1, f"{face}: what is low in the picture is low in the view"


def test_at_first_it_looks_where_the_front_face_looks(daemon, browsing, stations):
    page = browsing.open(daemon, f"/stations/{stations['east']}")
    view = ready(page)
    assert cube.read_colour(colour_at(view))[0] == "front"
    expect(page.locator("[data-heading]")).to_have_text("Heading 90°, pitch 0°: front")
    assert "#" not in page.url
    expect(page.locator(".preview-horizon")).to_be_visible()
    expect(page.locator(".preview-compass")).to_contain_text("front")
    picture(page, "station", full_page=True)


def test_the_address_turns_the_view_and_follows_it(daemon, browsing, stations):
    page = browsing.open(daemon, f"/stations/{stations['plain']}#heading=270&pitch=20")
    view = ready(page)
    text = page.locator("[data-heading]")
    expect(text).to_have_text("Heading 270°, pitch 20°: right")
    # The picture goes with the hand: what is to the left comes.
    box = view.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile(r"#heading=2[3-6]\d(\.\d)?&pitch=20$"))
    page.mouse.down()
    page.mouse.move(x + 120, y - 60, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile(r"&pitch=1[01](\.\d)?$"))
    # A link in the same page, as the back button makes it.
    turn(page, 0, 0)
    expect(text).to_have_text("Heading 0°, pitch 0°: back")
    # Nonsense leaves it as it is.
    page.evaluate("location.hash = 'heading=north&pitch='")
    page.evaluate("location.hash = 'main'")
    expect(text).to_have_text("Heading 0°, pitch 0°: back")


def test_keys_turn_and_zoom_it(daemon, browsing, stations):
    page = browsing.open(daemon, f"/stations/{stations['plain']}#heading=0&pitch=0")
    view = ready(page)
    text = page.locator("[data-heading]")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[data-preview]')"):
            break
    expect(view).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(text).to_have_text("Heading 5°, pitch 0°: back")
    page.keyboard.press("Shift+ArrowUp")
    expect(text).to_have_text("Heading 5°, pitch 1°: back")
    page.keyboard.press("Home")
    expect(text).to_have_text("Heading 180°, pitch 0°: front")
    page.wait_for_url(re.compile(r"#heading=180&pitch=0$"))
    _, before, _ = cube.read_colour(colour_at(view, across=0.6))
    page.keyboard.press("+")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    _, after, _ = cube.read_colour(colour_at(view, across=0.6))
    assert 0.5 < after < before - 0.02, "nearer, so there is less of the picture beside the middle"
    # All the way up, and no further.
    for _ in range(30):
        page.keyboard.press("ArrowUp")
    expect(text).to_have_text(re.compile("pitch 90°: top"))


def test_the_buttons_turn_it_to_each_face(daemon, browsing, stations):
    page = browsing.open(daemon, f"/stations/{stations['all']}")
    view = ready(page)
    for face in cube.COLOURS:
        page.get_by_role("button", name=face, exact=True).click()
        expect(page.locator("[data-heading]")).to_have_text(re.compile(f": {face}$"))
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert cube.read_colour(colour_at(view))[0] == face


def test_a_finger_turns_it_on_a_phone(daemon, browsing, stations):
    page = browsing.open(daemon, f"/stations/{stations['plain']}#heading=180&pitch=0", phone=True, dark=True, reduced_motion=True)
    view = ready(page)
    view.scroll_into_view_if_needed()
    box = view.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    touch = lambda kind, *points: session.send("Input.dispatchTouchEvent", {
        "type": kind, "touchPoints": [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(points)]})
    touch("touchStart", (x, y))
    touch("touchMove", (x - 60, y))
    touch("touchMove", (x - 120, y))
    touch("touchEnd")
    page.wait_for_url(re.compile(r"#heading=2\d\d(\.\d)?&pitch=0$"))
    _, before, _ = cube.read_colour(colour_at(view, across=0.55))
    _, middle, _ = cube.read_colour(colour_at(view))
    touch("touchStart", (x - 20, y), (x + 20, y))
    touch("touchMove", (x - 80, y), (x + 80, y))
    touch("touchEnd")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    _, after, _ = cube.read_colour(colour_at(view, across=0.55))
    assert abs(after - middle) < abs(before - middle), "two fingers apart bring it nearer"
    check_width(page)
    check_accessibility(page)
    picture(page, "station-phone-dark", full_page=True)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_is_readable_for_all(daemon, browsing, stations, dark):
    page = browsing.open(daemon, f"/stations/{stations['plain']}", dark=dark)
    ready(page)
    expect(page.locator("[data-seams]")).to_be_visible()
    check_accessibility(page)


def test_without_a_script_the_unfolded_cube_is_there(daemon, browsing, stations):
    page = browsing.open(daemon, f"/stations/{stations['plain']}", script=False)
    expect(page.locator("[data-preview]")).to_be_hidden()
    expect(page.locator(".net img")).to_have_count(6)
    expect(page.get_by_text("The front face looks 180.0° clockwise from +Y.")).to_be_visible()
    page.get_by_role("link", name="Compare the twelve edges").click()
    expect(page.locator(".seam")).to_have_count(12)


def test_the_seams_are_told_edge_by_edge(daemon, browsing, stations):
    daemon.draw("seams/good", heading=30)
    page = browsing.open(daemon, f"/stations/{daemon.number('seams/good')}")
    expect(page.locator("#seams .seam")).to_have_count(12)
    expect(page.locator("#seams .seam[data-match=apart]")).to_have_count(0)
    expect(page.locator(".edge[data-match=meets]").first).to_be_attached()
    picture(page, "station-drawn", full_page=True)
    # Each face has a colour of its own, so that no edge continues in its neighbour.
    page = browsing.open(daemon, f"/stations/{stations['plain']}")
    expect(page.locator("#seams .seam[data-match=meets]")).to_have_count(0)
    expect(page.locator("#seams .seam[data-match=apart]").first).to_contain_text("does not meet")
    apart = page.locator("#seams .seam[data-match=apart]").count()
    expect(page.locator(".edge[data-match=apart]")).to_have_count(2 * apart)


def test_faces_that_cannot_be_shown_have_words_in_their_place(daemon, browsing):
    daemon.draw("gone/hall")
    number = daemon.number("gone/hall")
    (daemon.inbox / "gone/hall/front.jpg").unlink()
    (daemon.inbox / "gone/hall/back.jpg").write_bytes(b"something else")
    # Before and after the daemon has inspected the folder again, there are words in their place.
    browsing.expect_message("415|410|404")
    page = browsing.open(daemon, f"/stations/{number}#heading=0&pitch=0")
    expect(page.locator("[data-preview]")).to_have_attribute("data-faces", "4")
    net = page.locator(".net")
    expect(net.locator("[data-face=back]")).to_contain_text(
        re.compile("back.jpg (has changed since it was accepted|cannot be decoded)"))
    check_accessibility(page)
    picture(page, "station-gone", full_page=True)
    code, _, body = daemon.get(f"/stations/{number}/faces/front")
    assert code in (404, 410) and b"front" in body
    assert daemon.get(f"/stations/{number}/faces/left")[0] == 200


def test_pictures_are_scaled_kept_by_digest_and_only_of_stations_of_the_ledger(daemon, stations):
    number = stations["plain"]
    (daemon.inbox / "plant/secret.jpg").write_bytes(b"nobody's business")
    code, headers, body = daemon.get(f"/stations/{number}/faces/front?size=256")
    assert code == 200 and headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(body)).size == (256, 256)
    assert headers["Cache-Control"] == "private, no-cache"
    assert daemon.get(f"/stations/{number}/faces/front?size=256", If_None_Match=headers["ETag"])[0] == 304
    assert Image.open(io.BytesIO(daemon.get(f"/stations/{number}/faces/front?size=1024")[2])).size == (512, 512)
    page = daemon.get(f"/stations/{number}")[2].decode()
    address = re.search(r'data-picture="([^"]*)"', page).group(1)
    assert "immutable" in daemon.get(address)[1]["Cache-Control"]
    for path, code in {
            "/stations/99999": 404, "/stations/x": 404, "/stations/-1": 404, "/stations/99999/faces/front": 404,
            f"/stations/{number}/faces/secret": 404, f"/stations/{number}/faces/..%2fsecret.jpg": 404,
            f"/stations/{number}/faces/front.jpg": 404, f"/stations/{number}/faces/front?size=100000": 400,
            f"/stations/{number}/faces/front/../../../secret.jpg": 404}.items():
        answer = daemon.get(path)
        assert answer[0] == code, path
        assert answer[2].decode().strip(), f"{path} has no words"


def test_an_unknown_number_is_a_page_with_words(daemon, browsing, stations):
    browsing.expect_message("404")
    page = browsing.open(daemon, "/stations/99999")
    expect(page.locator("main")).to_contain_text("The ledger has no station 99999.")
    check_accessibility(page)


def test_a_station_is_followed_from_waiting_to_registered(daemon, browsing):
    made = cube.write_station(daemon.folder / "made" / "late", station_id="late")
    sidecar = (made / "pose.json").read_text()
    (made / "pose.json").unlink()
    place = daemon.drop(made, "plant/late")
    page = browsing.open(daemon, f"/stations/{daemon.number('plant/late', state='incomplete')}")
    page.evaluate("window.isTheSamePage = true")
    # Its faces are there to be looked at; how they are turned nobody knows yet.
    ready(page)
    expect(page.locator("#station-cube")).to_contain_text("Its pose is not known, so the view is not turned")
    (place / "pose.json").write_text(sidecar)
    expect(page.locator("#station-state .state")).to_have_text("registered", timeout=60_000)
    ready(page)
    expect(page.locator("#station-history")).to_contain_text("Registered")
    assert page.evaluate("window.isTheSamePage"), "nothing was loaded again"


@pytest.fixture(scope="module")
def refused(daemon):
    """Stations that were never accepted: by seams that do not meet (with a pose), by a face too few, by a hostile picture, and by identity."""
    made = daemon.folder / "made"
    turned = cube.write_station(made / "turned", (0, 0, math.pi / 2), station_id="turned")
    pose = json.loads((turned / "pose.json").read_text())
    (turned / "pose.json").write_text(json.dumps({**pose, "timeTaken": "sometime"}))
    few = cube.write_station(made / "few", station_id="few")
    (few / "back.jpg").unlink()
    (few / "top.jpg").write_bytes((few / "left.jpg").read_bytes()[:3000])
    hostile = cube.write_station(made / "hostile", station_id="hostile")
    # 60,000 pixels square, interlaced, in a few bytes.
    (hostile / "left.jpg").unlink()
    (hostile / "left.png").write_bytes(interlaced(60_000))
    first = cube.write_station(made / "one", station_id="same")
    other = cube.write_station(made / "two", station_id="same")
    cube.face_picture("front", 520).resize((512, 512)).save(other / "front.jpg", quality=90)
    for folder, path in [(turned, "turned"), (few, "few"), (hostile, "hostile"), (first, "one")]:
        daemon.drop(folder, f"refused/{path}")
    daemon.number("refused/one")
    daemon.drop(other, "refused/two")
    states = {"turned": "rejected", "few": "incomplete", "hostile": "rejected", "two": "rejected"}
    return {name: daemon.number(f"refused/{name}", state=state) for name, state in states.items()}


def interlaced(edge):
    """A PNG that asks for `edge` times `edge` pixels at once, and has none."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", edge, edge, 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def test_a_rejected_station_shows_the_faces_that_were_found(daemon, browsing, refused):
    page = browsing.open(daemon, f"/stations/{refused['turned']}")
    view = ready(page)
    # As its pose turns it, although it was not accepted.
    assert cube.read_colour(colour_at(view))[0] == "front"
    expect(page.locator("[data-heading]")).to_have_text("Heading 90°, pitch 0°: front")
    expect(page.locator("#station-cube")).to_contain_text("it has not been accepted. The front face looks 90.0° clockwise")
    expect(page.locator("#seams .seam")).to_have_count(12)
    check_accessibility(page)
    picture(page, "station-rejected", full_page=True)
    code, headers, body = daemon.get(f"/stations/{refused['turned']}/seams", Accept="text/html")
    assert code == 200 and b"does not meet" in body
    assert daemon.get(f"/stations/{refused['two']}/faces/front")[0] == 200, "a conflict is shown, too"


def test_faces_that_are_missing_or_broken_have_words_and_the_others_are_shown(daemon, browsing, refused):
    page = browsing.open(daemon, f"/stations/{refused['few']}", phone=True, dark=True)
    net = page.locator(".net")
    expect(net.locator("[data-face=back]")).to_contain_text("No file of this face was found")
    expect(net.locator("img")).to_have_count(5)
    expect(page.locator("[data-preview]")).to_have_attribute("data-faces", "4")
    expect(page.locator("#station-cube")).not_to_contain_text("Seams")
    browsing.expect_message("415")
    check_width(page)
    check_accessibility(page)
    picture(page, "station-few-phone-dark", full_page=True)
    code, _, body = daemon.get(f"/stations/{refused['few']}/seams")
    assert code == 410 and b"has 5 of its six faces" in body
    browsing.expect_message("415")
    code, _, body = daemon.get(f"/stations/{refused['few']}/faces/top")
    assert code == 415 and b"top.jpg cannot be decoded" in body


def test_a_hostile_picture_is_refused_before_it_takes_memory(daemon, browsing, refused):
    code, _, body = daemon.get(f"/stations/{refused['hostile']}/faces/left")
    assert code == 415 and body == b"left.png is too large to be shown here. Its delivery does not depend on that.\n"
    page = browsing.open(daemon, f"/stations/{refused['hostile']}")
    browsing.expect_message("415")
    expect(page.locator("[data-preview]")).to_have_attribute("data-faces", "5")
    expect(page.locator(".preview-words")).to_contain_text("left.png is too large to be shown here")
    # Whoever is not in the ledger is still nobody.
    assert daemon.get("/stations/99999/seams")[0] == 404


def test_names_from_outside_are_words_and_never_markup(daemon, browsing):
    name = '<img src=x onerror=alert(1)>'
    long = "n" * 200
    daemon.draw(f"odd/{name}", station_id="<b>id</b>", station_name='"><script>alert(2)</script>')
    daemon.draw(f"odd/{long}", station_id=long)
    page = browsing.open(daemon, f"/stations/{daemon.number(f'odd/{name}')}")
    expect(page.locator("h1")).to_have_text(f"odd/{name}")
    assert page.locator("main script, main h1 img, main b").count() == 0
    page = browsing.open(daemon, f"/stations/{daemon.number(f'odd/{long}')}", phone=True)
    check_width(page)


def test_a_second_visit_is_shown_with_the_pose_of_the_first(daemon, browsing):
    first = cube.write_station(daemon.folder / "made" / "first", (0, 0, 1), station_id="twice")
    daemon.drop(first, "visits/first")
    one = daemon.number("visits/first")
    second = cube.write_station(
        daemon.folder / "made" / "second", (0, 0, 1.01), station_id="twice", timeTaken="2026-05-02T10:00:00Z")
    # Other bytes: the same content would not be sent again.
    cube.face_picture("front", 520).resize((512, 512)).save(second / "front.jpg", quality=90)
    daemon.drop(second, "visits/second")
    two = daemon.number("visits/second")
    page = browsing.open(daemon, f"/stations/{two}")
    expect(page.locator("#station-cube")).to_contain_text(f"Shown with the pose of the first visit, station {one}")
    rotation = [float(word) for word in page.locator("[data-rotation]").get_attribute("data-rotation").split()]
    assert rotation[0] == pytest.approx(math.cos(1), abs=1e-9)
    expect(page.locator("#station-facts")).to_contain_text("Visits of this station")
    page.get_by_role("link", name="visits/first").click()
    page.wait_for_url(f"{daemon.url}/stations/{one}")


def test_an_e57_file_leads_to_its_positions_and_back(daemon, browsing):
    drawn = daemon.folder / "hall.e57"
    subprocess.run([DRAW_STATION, drawn, "--positions", "2", "--edge", "512"],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    daemon.drop(drawn, "scans/hall.e57")
    number = daemon.number("scans/hall.e57")
    page = browsing.open(daemon, f"/stations/{number}")
    expect(page.locator("#station-e57")).to_contain_text("2 registered")
    check_accessibility(page)
    picture(page, "scan", full_page=True)
    page.locator("#station-e57 .positions a").first.click()
    expect(page.get_by_role("link", name=f"scan {number}")).to_be_visible()
    # Its faces were rendered, and are not kept.
    expect(page.locator(".net [data-face=front]")).to_contain_text("deleted it after the delivery")
