"""What holds for every page."""

import pytest
from playwright.sync_api import Error, expect

from browsing import check_accessibility, check_width, picture


@pytest.fixture(scope="module")
def number(daemon):
    daemon.draw("plant/hall", heading=90)
    return daemon.number("plant/hall")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/stations/1"])
def test_each_page_is_readable_for_all_and_asks_for_nothing_from_elsewhere(daemon, browsing, number, path, phone, dark):
    page = browsing.open(daemon, path, phone=phone, dark=dark)
    expect(page.locator("h1")).to_be_visible()
    check_accessibility(page)
    check_width(page)
    picture(page, f"frame{path.replace('/', '-')}{'-phone' if phone else ''}{'-dark' if dark else ''}", full_page=True)


def test_a_message_on_the_console_fails_a_test(daemon, browsing, number):
    browsing.open(daemon, "/").evaluate("console.warn('odd')")
    with pytest.raises(AssertionError, match="odd"):
        browsing.end()
    browsing.expect_message("odd")


def test_a_request_to_elsewhere_fails_a_test_and_never_leaves(daemon, browsing, number):
    with pytest.raises(Error, match="ERR_FAILED"):
        browsing.open(daemon, "/").goto("http://drop360.example/tracker.js")
    with pytest.raises(AssertionError, match="tracker"):
        browsing.end()
    browsing.foreign.clear()
