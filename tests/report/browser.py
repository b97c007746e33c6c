"""A headless Chromium that looks at a page as a person would; nothing it does leaves the machine."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_core_python
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
WIDTHS = (360, 768, 1280)
SCHEMES = ("light", "dark")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars"
)
_AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
_RUN_AXE = "const done = arguments[arguments.length - 1]; axe.run(document).then(done, (error) => done({error: String(error)}));"


def is_here() -> bool:
    """Whether Debian's chromium and its driver are installed."""
    return CHROMIUM.exists() and DRIVER.exists()


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """A browser with `profile`, an empty folder, for its own."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS.split(), f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    try:
        yield Browser(driver)
    finally:
        driver.quit()


class Browser:
    """A page that is open."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, page: Path, width: int = 1280, scheme: str = "light") -> None:
        """Open a page, in a window of that width and in light or dark."""
        self.look(width, scheme)
        self.driver.get(page.resolve().as_uri())

    def look(self, width: int, scheme: str) -> None:
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def shown(self, selector: str) -> list[WebElement]:
        """The elements that no filter hides, in folded parts too."""
        script = "return [...document.querySelectorAll(arguments[0])].filter((one) => !one.closest('[hidden]'))"
        return self.run(script, selector)  # type: ignore[no-any-return]

    def unfold(self, selector: str) -> None:
        """Open the folded parts of that kind."""
        self.run("document.querySelectorAll(arguments[0]).forEach((one) => { one.open = true; })", selector)

    def press(self, *keys: str) -> WebElement:
        """Press keys; returns what has the focus then."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)
        return self.driver.switch_to.active_element

    def tab_to(self, selector: str, most: int = 60) -> WebElement:
        """Go on with the tab key until that element has the focus."""
        for _ in range(most):
            if self.run("return document.activeElement.matches(arguments[0])", selector):
                return self.driver.switch_to.active_element
            self.press(Keys.TAB)
        raise AssertionError(f"the keyboard does not reach {selector}")

    def violations(self) -> list[str]:
        """What axe-core has to say, as `rule: element`."""
        self.driver.execute_script(_AXE)
        found = self.driver.execute_async_script(_RUN_AXE)
        assert "error" not in found, found
        return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]

    def fetched(self) -> list[str]:
        """The address of all that the page has asked for beside itself."""
        return self.run("return performance.getEntriesByType('resource').map((one) => one.name)")  # type: ignore[no-any-return]

    def complaints(self) -> list[str]:
        """What the browser has logged: scripts that failed, things that the page's policy has stopped."""
        return [one["message"] for one in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def picture(self, path: Path) -> None:
        """The whole page as a picture."""
        done = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True})
        path.write_bytes(base64.b64decode(done["data"]))

    def printed(self, path: Path) -> None:
        """The page on paper, as a PDF."""
        done = self.driver.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69})
        path.write_bytes(base64.b64decode(done["data"]))
