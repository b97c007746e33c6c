"""`xl2json import`: a workbook in the template's form, or what keeps it from being written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from converter import check, convert
from converter.cli.main import main
from converter.jobs.importing import guess_mapping, import_export
from tests.books import DEPOSIT
from tests.export import HEADER, KEY, SPEC, csv, mapping, read, xlsx

SAMPLE = Path(__file__).parent.parent.parent / "sample_workbooks" / "export"
ORDER = HEADER + KEY + '[Commande]\ndateCommande = "Date"\nregimeTVA = { column = "TVA", map = { "Soumis" = "TTC" } }\n'


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE, tmp_path / "export", ignore=shutil.ignore_patterns("expected"))
    return tmp_path / "export"


def run(capfd: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main([*map(str, words), "--lang", "fr"])
    out, err = capfd.readouterr()
    assert isinstance(stopped.value.code, int)
    return stopped.value.code, out, err


def test_the_sample_goes_all_the_way(sample: Path, capfd: pytest.CaptureFixture[str]) -> None:
    export, out = sample / "commandes_novembre.csv", sample / "neu" / "demandes.xlsx"
    code, text, err = run(capfd, "import", export, "--mapping", sample / "correspondance.toml", "-o", out)
    assert (code, err) == (0, "")
    assert text.splitlines()[-1] == f"Ensuite\xa0: xl2json check {out} --attachments {sample}"
    outcome = convert(out, out=sample / "depot", attachments=sample, deposit=DEPOSIT)
    assert (outcome.ok, outcome.counts.read, outcome.files[0].attachments) == (True, 4, 5)
    tree = json.loads(Path(outcome.files[0].json).read_text("utf-8"))
    first = tree["lignesImport"][0]["beneficiaires"]
    assert first["EtablissementsClients"][0]["nomClient"] == "CENTRE D’IMAGERIE DU SACRÉ-CŒUR"
    assert first["EtablissementsClients"][0]["numérosFINESSGeos"] == ["330000019", "340000017"]
    assert [(one["nomRad"], one["AM"]) for one in first["radLiberauxClients"]] == [
        ("LEBŒUF", ["751000011", "751000012"])
    ]
    assert [len(line["beneficiaires"]["EtablissementsClients"]) for line in tree["lignesImport"]] == [1, 1, 1, 2]


def test_the_workbook_holds_what_the_export_has_in_the_templates_form(tmp_path: Path) -> None:
    export = xlsx(tmp_path, [["N°", "Date", "Montant"], [7, "15/11/2021", 31162.5], ["=1+1", "n'importe", None]])
    book = openpyxl.load_workbook(export)
    cell: Any = book.worksheets[0]["A3"]
    cell.value, cell.data_type = "=1+1", "s"
    cell = book.worksheets[0]["C3"]
    cell.value, cell.data_type = "#N/A", "e"
    book.save(export)
    plan = mapping(
        tmp_path, KEY + '[Commande]\ndateCommande = "Date"\nmontantSegurHT = "Montant"\nregimeTVA = { value = "TTC" }'
    )
    made = import_export(export, plan, tmp_path / "out.xlsx", spec=SPEC)
    assert (made.ok, made.demandes, made.findings) == (True, ("7", "=1+1"), ())
    outcome = check(tmp_path / "out.xlsx", deposit=DEPOSIT)
    assert ("X8", "Commande", "D5") in {(one.rule, one.sheet, one.cell) for one in outcome.findings}
    assert ("C1", "Commande", "B5") in {(one.rule, one.sheet, one.cell) for one in outcome.findings}
    assert outcome.demandes == ("7", "=1+1")


def test_a_request_keyed_by_the_editors_number_arrives(tmp_path: Path) -> None:
    export = xlsx(tmp_path, [["N°", "TVA"], [1, "TTC"], [2, "HT"]])
    plan = mapping(tmp_path, '["Entête demande"]\nnumeroEditeur = "N°"\n[Commande]\nregimeTVA = "TVA"\n')
    assert import_export(export, plan, tmp_path / "out.xlsx", spec=SPEC).ok
    outcome = check(tmp_path / "out.xlsx", deposit=DEPOSIT, evidence=True)
    assert outcome.evidence is not None
    assert [one.number for one in outcome.evidence.dossier.requests] == ["00001", "00002"]
    assert {one.rule for one in outcome.findings} & {"X3", "X4", "X5"} <= {"X4"}


def test_with_an_error_nothing_is_written(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    export = csv(tmp_path, "N°;Date;TVA", "A;15/11/2021;Soumi", "A;16/11/2021;Soumis", ";x;y")
    code, text, err = run(capfd, "import", export, "--mapping", mapping(tmp_path, ORDER), "-o", tmp_path / "out.xlsx")
    assert (code, err) == (1, "")
    assert not (tmp_path / "out.xlsx").exists()
    assert "Demande A\n  orders.csv!C2 · regimeTVA · M8" in text
    assert "  orders.csv!A4 · demande · X3" in text
    assert "Erreurs" in text


def test_a_faulty_mapping_is_told_by_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    export = csv(tmp_path, "N°", "A")
    plan = mapping(tmp_path, '[Comande]\n["Entête demande"]\n')
    code, text, _ = run(capfd, "import", export, "--mapping", plan, "-o", tmp_path / "out.xlsx")
    assert code == 1
    assert "  m.toml!A1 · Comande · M2" in text
    assert "  m.toml!A2 · Entête demande · M5" in text


def test_an_export_without_a_request_is_an_error(tmp_path: Path) -> None:
    made = import_export(csv(tmp_path, "N°;Date;TVA"), mapping(tmp_path, ORDER), tmp_path / "out.xlsx", spec=SPEC)
    assert (made.exit_code, [one.rule for one in made.findings]) == (1, ["X6"])


def test_what_has_no_source_is_listed_and_stays_blank(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    export = csv(tmp_path, "N°;Date;TVA", "A;15/11/2021;Soumis")
    code, text, _ = run(capfd, "import", export, "--mapping", mapping(tmp_path, ORDER), "-o", tmp_path / "out.xlsx")
    assert code == 0
    assert "«\xa0Commande\xa0»\xa0: montantSegurHT." in text
    code, text, _ = run(capfd, "import", export, "--mapping", tmp_path / "m.toml", "-o", tmp_path / "two.xlsx", "-q")
    assert len(text.splitlines()) == 1


def test_what_the_settings_give_needs_no_source(tmp_path: Path) -> None:
    (tmp_path / "xl2json.toml").write_text('numeroAns = "RIS2021001"\nSIRET = "73282932000074"\n')
    export = csv(tmp_path, "N°", "A")
    made = import_export(export, mapping(tmp_path, KEY), tmp_path / "out.xlsx", spec=SPEC)
    assert "Entête fichier" not in dict(made.to_fill)
    assert "Entête fichier" not in {
        one.say.params.get("sheet") for one in read(export, KEY, ["numeroAns", "SIRET"]).findings
    }


def test_as_json(sample: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = [
        "import",
        sample / "commandes_novembre.csv",
        "--mapping",
        sample / "correspondance.toml",
        "--format",
        "json",
    ]
    code, out, err = run(capfd, *words, "-o", sample / "out.xlsx")
    assert (code, err) == (0, "")
    assert json.loads(out) == {"workbook": str(sample / "out.xlsx"), "requests": 4, "findings": []}
    plan = mapping(sample, KEY.replace("N°", "Numéro"))
    code, out, err = run(
        capfd,
        "import",
        sample / "commandes_novembre.csv",
        "--mapping",
        plan,
        "-o",
        sample / "2.xlsx",
        "--format",
        "json",
    )
    document = json.loads(out)
    assert (code, err, document["workbook"], document["requests"]) == (1, "", None, 0)
    assert [(one["rule"], one["sheet"], one["cell"]) for one in document["findings"]] == [("M6", "m.toml", "A2")]


def test_nothing_is_ever_written_over(sample: Path, capfd: pytest.CaptureFixture[str]) -> None:
    export, plan = sample / "commandes_novembre.csv", sample / "correspondance.toml"
    spreadsheet = xlsx(sample, [["N° commande"], ["A"]], name="own.xlsx")
    before = {path: path.read_bytes() for path in (export, plan, spreadsheet)}
    assert run(capfd, "import", spreadsheet, "--mapping", plan, "-o", spreadsheet)[0] == 3
    assert run(capfd, "import", export, "--mapping", plan, "-o", export)[0] == 2
    assert run(capfd, "import", export, "--mapping", plan, "-o", plan)[0] == 2
    assert run(capfd, "import", export, "--guess", plan)[0] == 3
    assert before == {path: path.read_bytes() for path in before}


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--mapping", "m.toml"),
        ("-o", "out.xlsx"),
        ("--guess", "g.toml", "--mapping", "m.toml"),
        ("--guess", "g.toml", "-o", "out.xlsx"),
        ("--guess", "g.txt"),
        ("--mapping", "m.toml", "-o", "out.csv"),
    ],
)
def test_a_command_that_makes_no_sense_is_misuse(
    words: tuple[str, ...], sample: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capfd, "import", sample / "commandes_novembre.csv", *words)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx"])
def test_what_is_not_there_is_one_sentence(name: str, sample: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = ("--mapping", sample / "correspondance.toml", "-o", sample / "out.xlsx")
    code, out, err = run(capfd, "import", sample / name, *words)
    assert (code, out, len(err.splitlines())) == (3, "", 1)
    assert (
        run(capfd, "import", sample / "commandes_novembre.csv", "--mapping", "none.toml", "-o", sample / "out.xlsx")[0]
        == 3
    )


def test_a_guess_with_its_few_gaps_filled_in_imports(sample: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Straight, and once what the export does not hold is completed, to a deposit."""
    export, plan = sample / "commandes_novembre.csv", sample / "guess.toml"
    code, text, err = run(capfd, "import", export, "--guess", plan)
    assert (code, err) == (0, "")
    assert text.splitlines()[-1].endswith(
        f"xl2json import {export} --mapping {plan} -o {sample / 'demandes_commandes_novembre.xlsx'}"
    )
    assert run(capfd, "import", export, "--mapping", plan, "-o", sample / "one.xlsx")[0] == 0
    own = plan.read_text("utf-8").replace("# where = ", "where = ").replace(', "Annulée"', "")
    constants = {"numeroAns": "RIS2021001", "SIRET": "73282932000074", "isMandataire": "Non", "isClientUnique": "Non"}
    constants |= {one.name: "Oui" if "Direct" in one.name else "Non" for one in SPEC.block("scenario").fields}
    for name, value in constants.items():
        own = own.replace(f'# {name} = {{ value = "" }}', f'{name} = {{ value = "{value}" }}')
    plan.write_text(own, "utf-8")
    assert run(capfd, "import", export, "--mapping", plan, "-o", sample / "two.xlsx")[0] == 0
    outcome = check(sample / "two.xlsx", deposit=DEPOSIT)
    assert (outcome.count("error"), outcome.counts.read) == (0, 4)


def test_a_guess_as_json(sample: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(
        capfd, "import", sample / "commandes_novembre.csv", "--guess", sample / "g.toml", "--format", "json"
    )
    document = json.loads(out)
    assert (code, document["mapping"], document["unused"]) == (0, str(sample / "g.toml"), ["Suivi"])
    assert document["found"] >= 15


def test_the_same_import_gives_the_same_bytes(sample: Path) -> None:
    export, plan = sample / "commandes_novembre.csv", sample / "correspondance.toml"
    for name in ("one.xlsx", "two.xlsx"):
        import_export(export, plan, sample / name, spec=SPEC)
    assert (sample / "one.xlsx").read_bytes() == (sample / "two.xlsx").read_bytes()
    guess_mapping(export, sample / "a.toml", spec=SPEC)
    assert (sample / "a.toml").read_text("utf-8").count("[") > 10
