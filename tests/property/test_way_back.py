"""`workbook` after `convert` and `convert` after `workbook` are each other's inverse (contract §6)."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from converter import convert, load_spec
from converter.cells import trim
from converter.jobs.workbook import workbook
from converter.readback.document import parse
from converter.readback.rows import rows_of
from converter.values.checks import CHECKS, luhn
from converter.workbook.filled import write_filled
from tests.books import DEPOSIT, PDF, YES_NO, a_book, a_request, write

SPEC = load_spec()
OPERATORS = SPEC.lists["operateurs"].codes
SAMPLES = Path(__file__).parents[2] / "sample_workbooks"
ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffe\uffff")
FINESS, LONG = 9, 15
BOUNDED = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to make a failure small takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def texts(most: int, *odd: str) -> st.SearchStrategy[str]:
    """Texts as a JSON may hold them: in NFC, without white space at their ends."""
    some = st.text(ANY, min_size=1, max_size=most) | st.sampled_from(odd)
    return some.map(trim).filter(lambda text: 0 < len(text) <= most)


@st.composite
def checked(draw: st.DrawFn, prefix: str, length: int) -> str:
    stem = prefix + draw(st.text("0123456789", min_size=length - len(prefix) - 1, max_size=length - len(prefix) - 1))
    passes = CHECKS["finess" if length == FINESS else "rpps"]
    return next(f"{stem}{digit}" for digit in range(10) if length == LONG or passes(f"{stem}{digit}"))


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ'’-=+@_0123456789&() "
names = st.text(LETTERS, min_size=1, max_size=49).map(lambda text: " ".join(text.split())).filter(bool)
emails = texts(149, "a@b.fr", "prénom.nom@hôpital.fr", "_x0041_@b.fr", "=a@b.fr", "pas une adresse", "a@b.fr\r\nc@d.fr")
phones = texts(
    49, "01 42 00 00 01", "+33 1 42 00 00 01", "0142000001", "3615", "01.42/43", "(0)1 42 poste 12", "-", "\x02"
)
numbers = st.integers(0, 999_999_999).map(lambda number: f"{number:09d}")


def lists(element: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(element, min_size=1, max_size=4, unique=True).map("; ".join)


CLIENT = {
    "nomClient": names,
    "emailClient": emails,
    "telephoneClient": phones,
    "numérosFINESSGeos": lists(checked("2A", 9)),
}
RADIOLOGIST = {
    "AM": lists(numbers),
    "nomRad": names,
    "emailRad": st.none() | emails,
    "telephoneRad": st.none() | phones,
}
establishments = st.fixed_dictionaries({"numeroFINESSJuridique": checked("75", 9), **CLIENT})
radiologists = st.fixed_dictionaries({"RPPS": checked("10", 11) | checked("", 15), **RADIOLOGIST})
requests = st.fixed_dictionaries(
    {
        "numeroEditeur": st.text("0123456789ABCDEFabcdef", min_size=5, max_size=5),
        "dateCommande": st.dates().map(lambda day: f"{day:%d/%m}/{day.year:04d}"),
        "regimeTVA": st.sampled_from(["TTC", "HT"]),
        "montantSegurHT": st.integers(1, 10**19).map(lambda cents: Decimal(cents).scaleb(-2)),
        "mandataire": st.none() | st.tuples(names, emails, phones),
        "EtablissementsClients": st.lists(
            establishments, min_size=1, max_size=2, unique_by=lambda one: one["numeroFINESSJuridique"]
        ),
        "radLiberauxClients": st.lists(radiologists, max_size=2, unique_by=lambda one: one["RPPS"]),
        "scenario": st.fixed_dictionaries(dict.fromkeys(YES_NO, st.booleans())),
        "operateurMessagerie": st.sampled_from(OPERATORS),
    }
)
deposits = st.lists(requests, min_size=1, max_size=3, unique_by=lambda one: one["numeroEditeur"])


def rows_from(drawn: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The rows of those requests, each under its number, the files named as a deposit names them."""
    rows: dict[str, list[dict[str, Any]]] = {block.id: [] for block in SPEC.blocks}
    rows["fichier"] = [{"numeroAns": "RIS2021001", "SIRET": "73282932000074"}]
    for one in drawn:
        key = {"demande": one["numeroEditeur"]}
        contact = dict(
            zip(
                ("nomMandataire", "emailMandataire", "telephoneMandataire"),
                one["mandataire"] or (None,) * 3,
                strict=True,
            )
        )
        rows["demande"].append(key | {"numeroEditeur": one["numeroEditeur"]})
        rows["commande"].append(key | {name: one[name] for name in ("dateCommande", "regimeTVA", "montantSegurHT")})
        agent = {"isMandataire": one["mandataire"] is not None, "isClientUnique": False}
        rows["beneficiaires"].append(key | agent | contact)
        rows["etablissements"] += [key | row for row in one["EtablissementsClients"]]
        rows["radiologues"] += [key | row for row in one["radLiberauxClients"]]
        rows["pieces"] += [key | {"typeFichier": kind, "fichier": name} for kind, name in pieces(one)]
        rows["scenario"].append(key | one["scenario"] | {"operateurMessagerie": one["operateurMessagerie"]})
    return rows


def pieces(one: dict[str, Any]) -> list[tuple[str, str]]:
    number = one["numeroEditeur"]
    proof = [("PREUVE_HT", f"RAD-RIS-Va1-HT-{number}.pdf")] if one["regimeTVA"] == "HT" else []
    return [("BON_COMMANDE", f"RAD-RIS-Va1-BDC-{number}.pdf"), *proof]


def converted(path: Path, out: Path) -> Path:
    """The JSON that the workbook gives; there is nothing to mend and nothing was repaired."""
    shutil.rmtree(out, ignore_errors=True)
    outcome = convert(path, out=out, deposit=DEPOSIT)
    assert [one.as_dict() for one in outcome.findings if one.severity == "error" or one.rule == "X7"] == []
    (file,) = outcome.files
    return Path(file.json)


def there_and_back(json: Path, folder: Path) -> Path:
    """The JSON's workbook, its attachments beside it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(json.with_suffix(""), folder)
    workbook(json, folder / "back.xlsx")
    return folder / "back.xlsx"


def assert_the_same_deposit(one: Path, other: Path) -> None:
    assert other.name == one.name
    assert other.read_bytes() == one.read_bytes()
    assert other.with_suffix(".zip").read_bytes() == one.with_suffix(".zip").read_bytes()


@BOUNDED
@given(drawn=deposits)
def test_a_deposit_and_its_workbook_are_each_others_inverse(tmp_path: Path, drawn: list[dict[str, Any]]) -> None:
    shutil.rmtree(tmp_path / "first", ignore_errors=True)
    rows, path = rows_from(drawn), tmp_path / "first" / "first.xlsx"
    write_filled(SPEC, path, "fr", rows)
    for piece in rows["pieces"]:
        (path.parent / piece["fichier"]).write_bytes(PDF + b"%" + piece["fichier"].encode() + b"\n%%EOF\n")
    deposit = converted(path, tmp_path / "depot")
    back = there_and_back(deposit, tmp_path / "back")
    assert_the_same_deposit(deposit, converted(back, tmp_path / "again"))
    assert rows_of(SPEC, parse(deposit.read_bytes(), strict=True)) == rows  # every cell, as it was typed
    assert back.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("sample", ["radio_2000/radio_2000.xlsx", "mois/novembre_2021.xlsx"])
def test_a_month_comes_back(sample: str, tmp_path: Path) -> None:
    deposit = converted(SAMPLES / sample, tmp_path / "depot")
    assert_the_same_deposit(deposit, converted(there_and_back(deposit, tmp_path / "back"), tmp_path / "again"))


def test_a_workbook_typed_elsewhere_comes_back(tmp_path: Path) -> None:
    """Written by openpyxl, under the vendor's own keys, with every operator in turn."""
    sites = [
        next(f"75{n:06d}{digit}" for digit in range(10) if luhn(f"75{n:06d}{digit}")) for n in range(len(OPERATORS))
    ]
    book = a_book(*(a_request(f"CMD-{n}", f"{n:05d}", site) for n, site in enumerate(sites[:180], 1)))
    for row, code in zip(book["Scénario d'installation"], OPERATORS[::-2], strict=False):
        row["operateurMessagerie"] = code
    deposit = converted(write(tmp_path, book), tmp_path / "depot")
    assert b'"CH _20"' in deposit.read_bytes() or "CH _20" not in OPERATORS[::-2][:180]
    assert_the_same_deposit(deposit, converted(there_and_back(deposit, tmp_path / "back"), tmp_path / "again"))


def test_every_operator_comes_back() -> None:
    """Without a file in between: what the drop-down shows is read as its code."""
    from converter.values import parser_of

    form = SPEC.field("scenario.operateurMessagerie").form
    assert form is not None
    parse_code = parser_of(form)
    assert [parse_code(shown).value for shown in SPEC.lists["operateurs"].shown()] == list(OPERATORS)
