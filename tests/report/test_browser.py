"""The page in a browser: filters, the keyboard, axe-core, nothing fetched, and no value that is more than text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from converter import check, convert, load_spec
from converter.jobs.feedback import feedback
from converter.jobs.report import report
from converter.jobs.verify import verify
from tests.books import DEPOSIT, a_book, a_request, write
from tests.report.browser import SCHEMES, WIDTHS, Browser

SAMPLES = Path(__file__).parents[2] / "sample_workbooks"
HOSTILE = ("<script>window.hit = 1</script>", '"><img src=x onerror="window.hit = 1">', "{{ 7 * 7 }}", "{% raw %}",
           "';window.hit=1//", "</script><script>window.hit=1</script>", "<!-- ", "&lt;b&gt;", "\u202egnp.exe")  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of each command."""
    folder, spec = tmp_path_factory.mktemp("pages"), load_spec()
    name, month = "JSON-RIS2021001-20211130-001.json", SAMPLES / "mois"
    ledger = folder / "ledger.sqlite"
    options = {"deposit": date(2021, 11, 30), "evidence": True}
    outcomes = {
        "check": check(SAMPLES / "fautes" / "fautes.xlsx", **options),
        "convert": convert(month / "novembre_2021.xlsx", out=folder, ledger=ledger, **options),
        "verify": verify(folder / name),
        "feedback": feedback(month / "reponses" / name, ledger=ledger),
    }
    for command, outcome in outcomes.items():
        report(folder / f"{command}.html", outcome, spec)
    return {command: folder / f"{command}.html" for command in outcomes}


def rules(browser: Browser) -> list[str]:
    return [str(one.get_attribute("data-rule")) for one in browser.shown("li.finding")]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("command", ["check", "convert", "verify", "feedback"])
def test_axe_has_nothing_to_say(
    command: str, width: int, scheme: str, pages: dict[str, Path], browser: Browser
) -> None:
    browser.open(pages[command], width, scheme)
    browser.unfold("details.kind, .kind:first-of-type .why, #r1, #r2")
    assert browser.violations() == []
    assert browser.run("return document.documentElement.scrollWidth") == width
    assert browser.fetched() == []
    assert browser.complaints() == []


def test_light_and_dark_differ(pages: dict[str, Path], browser: Browser) -> None:
    colour = "return getComputedStyle(document.body).backgroundColor"
    browser.open(pages["check"], scheme="light")
    light = browser.run(colour)
    browser.look(1280, "dark")
    assert browser.run(colour) != light


def test_the_policy_forbids_all_that_is_not_ours(pages: dict[str, Path], browser: Browser) -> None:
    browser.open(pages["check"])
    policy = browser.one("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    browser.run(
        'document.body.insertAdjacentHTML(\'beforeend\', \'<p onclick="window.hit = 1" id="x">x</p><img src="y.png">\')'
    )
    browser.run("document.getElementById('x').click()")
    assert browser.run("return window.hit") is None
    assert browser.complaints() != []


def test_the_severity_filters(pages: dict[str, Path], browser: Browser) -> None:
    browser.open(pages["check"])
    assert len(rules(browser)) == 26
    browser.one("input[name=severity][value=error]").click()
    assert sorted(rules(browser)) == ["B5", "B6", "C2", "F3", "S4", "X7"]
    assert not browser.one("#error").is_displayed()
    browser.one("input[name=severity][value=warning]").click()
    assert rules(browser) == ["X7"]
    assert browser.one("#status").text.endswith("1")
    browser.one("input[name=severity][value=info]").click()
    assert rules(browser) == []
    browser.one("button[type=reset]").click()
    assert len(rules(browser)) == 26


def test_the_sheet_filters(pages: dict[str, Path], browser: Browser) -> None:
    browser.open(pages["check"])
    browser.one("select[name=sheet] option[value='=Commande']").click()
    assert rules(browser) == ["C1", "C3", "C4", "P2", "C2"]


def test_the_request_filters_whole_or_in_part(pages: dict[str, Path], browser: Browser) -> None:
    browser.open(pages["check"])
    field = browser.one("input[name=demande]")
    field.send_keys("cmd-06")
    assert rules(browser) == ["B11", "S3"]
    field.clear()
    field.send_keys("99")
    assert rules(browser) == ["X3"]
    field.send_keys("9")
    assert (rules(browser), browser.one("#status").text) == ([], "Aucun constat ne répond à ce filtre.")


def test_a_whole_key_is_not_the_beginning_of_another(tmp_path: Path, browser: Browser) -> None:
    book = a_book(a_request("C-1"), a_request("C-11", "00002"))
    for row in book["Commande"]:
        row["montantSegurHT"] = "?"
    report(tmp_path / "r.html", check(write(tmp_path, book), deposit=DEPOSIT), load_spec())
    browser.open(tmp_path / "r.html")
    browser.one("input[name=demande]").send_keys("C-1")
    assert [one.get_attribute("data-demande") for one in browser.shown("li.finding[data-rule=C4]")] == ["C-1"]


def test_the_keyboard_reaches_the_filters_and_opens_a_request(pages: dict[str, Path], browser: Browser) -> None:
    browser.open(pages["check"])
    assert browser.press(Keys.TAB).get_attribute("class") == "skip"
    browser.tab_to("input[value=error]")
    browser.press(Keys.SPACE)
    assert "C1" not in rules(browser)
    browser.tab_to("select[name=sheet]")
    browser.press("E")
    assert browser.run("return document.activeElement.value") != ""
    browser.tab_to("input[name=demande]")
    browser.tab_to("button[type=reset]")
    browser.press(Keys.ENTER)
    assert len(rules(browser)) == 26
    browser.tab_to("details.kind > summary")
    browser.press(Keys.ENTER)
    assert not browser.one("details.kind").get_property("open")
    browser.tab_to("a[href='#r2']")
    browser.press(Keys.ENTER)
    assert browser.one("#r2").get_property("open")


def test_a_value_is_text_whatever_it_looks_like(tmp_path: Path, browser: Browser) -> None:
    book = a_book(*(a_request(f"C{n} {text}", f"{n:05d}") for n, text in enumerate(HOSTILE, 1)))
    for sheet, column in (("Commande", "montantSegurHT"), ("Etablissements", "emailClient")):
        for row, text in zip(book[sheet], HOSTILE, strict=True):
            row[column] = text
    for row, text in zip(book["Pièces justificatives"], HOSTILE, strict=True):
        row["fichier"] = f"{text}.pdf"
    for text in HOSTILE:
        book["Radiologues"][0][f"{text} "] = "x"
    book["<img src=x>"] = [{"x": 1}]
    book["<img src=x>"[::-1]] = [{"x": 1}]
    page = tmp_path / "r.html"
    report(page, check(write(tmp_path, book, pieces=False), deposit=DEPOSIT, evidence=True), load_spec())
    (tmp_path / "<b>forgotten.pdf").write_bytes(b"x")
    browser.open(page)
    browser.unfold("details.kind, #r1, #r2")
    read = {one.text for one in browser.all("li.finding[data-rule=C4] dd.read")}
    assert {text.strip() for text in HOSTILE} == read
    assert browser.all("img, main script, main b, main style") == []
    assert browser.run("return window.hit") is None
    assert (browser.fetched(), browser.complaints(), browser.violations()) == ([], [], [])
    assert "49" not in browser.one("#findings").text.replace("149", "")


def test_signs_that_no_page_may_hold_are_shown_as_such(tmp_path: Path) -> None:
    path = tmp_path / "JSON-RIS2021001-20211130-001.json"
    convert(write(tmp_path, a_book()), out=tmp_path, deposit=DEPOSIT)
    path.write_text(path.read_text("utf-8").replace("DURAND", "DU\\u0000\\u001b\\ud800RAND"), "utf-8")
    report(tmp_path / "r.html", verify(path), load_spec())
    assert "\0" not in (tmp_path / "r.html").read_text("utf-8")


def test_on_paper_folded_errors_are_shown_and_filters_are_not(
    pages: dict[str, Path], tmp_path: Path, browser: Browser
) -> None:
    import pypdf

    browser.open(pages["check"])
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = false; })")
    browser.printed(tmp_path / "r.pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "r.pdf").pages)
    assert "31,162.00" in text
    assert "Tout montrer" not in text


def test_without_scripts_all_is_there(pages: dict[str, Path], browser: Browser) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open(pages["check"])
        assert not browser.one("#filters").is_displayed()
        assert browser.one("li.finding[data-rule=C4]").is_displayed()
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
