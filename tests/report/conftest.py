"""A browser for the tests that look at a page; they are skipped where there is none, but in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.report.browser import Browser, chromium, is_here


@pytest.fixture(scope="session")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not is_here():
        assert not os.environ.get("XL2JSON_NEED_CHROMIUM"), "CI must have Debian's chromium and chromium-driver"
        pytest.skip("no chromium here: apt-get install chromium chromium-driver")
    with chromium(tmp_path_factory.mktemp("profile") / "new") as browser:
        yield browser


@pytest.fixture
def browser(chrome: Browser) -> Browser:
    """The browser, with nothing to complain about from tests before."""
    chrome.driver.get("about:blank")
    chrome.complaints()
    return chrome
