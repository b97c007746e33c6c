"""What is seen at a glance to be its own value is what the parser would say, for every field that a person fills in."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from converter.values import Parsed, plain_of
from tests.values import ODD, PROPERTY, SPEC, parse

TYPED = [one.path for one in SPEC.fields if one.typed]
SOUND = {
    "demande.numeroEditeur": "A0012",
    "etablissements.numeroFINESSJuridique": "750012346",
    "etablissements.nomClient": "CENTRE D'IMAGERIE",
    "etablissements.emailClient": "jean.dupont@ch-orleans.fr",
    "etablissements.telephoneClient": "01 42 00 00 01",
    "radiologues.RPPS": "10003456786",
    "pieces.fichier": "scans/Bon de commande 12.pdf",
}
NEARLY = st.builds(
    lambda text, at, sign, cut: text[: at % len(text)] + sign + text[at % len(text) + cut :],
    st.sampled_from(
        [*SOUND.values(), "2A0000014", "0590 90 12 34", "X" * 49, "Y" * 50, "a@b--c.fr", "100034567860000"]
    ),
    st.integers(0, 200),
    st.sampled_from(["", *ODD, "9", "a", "A", "@", "  ", "\n"]),
    st.integers(0, 2),
)


@pytest.mark.parametrize(("path", "typed"), SOUND.items())
def test_most_cells_of_a_month_are_seen_at_a_glance(path: str, typed: str) -> None:
    form = SPEC.field(path).form
    assert form is not None
    assert plain_of(form)(typed)


@pytest.mark.parametrize("path", TYPED)
@PROPERTY
@given(typed=NEARLY | st.text(max_size=160))
def test_what_is_seen_at_a_glance_is_what_the_parser_says(path: str, typed: str) -> None:
    form = SPEC.field(path).form
    assert form is not None
    if plain_of(form)(typed):
        assert parse(path, typed) == Parsed(typed)
