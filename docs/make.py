"""Makes the pages of this folder anew from the wording and the specs: `python docs/make.py`, or `make docs`.

Edit `converter/wording/*/explain.toml` or a spec, never the pages: a test holds them to what is written here.
"""

from __future__ import annotations

from pathlib import Path

from converter.cli.show_specs import reference
from converter.explain import Explanation, subjects
from converter.resources import render
from converter.spec.load import bundled, load_spec
from converter.wording import LANGUAGES, catalog

HERE = Path(__file__).parent
RULES = {"en": "rules.md", "fr": "regles.md"}
FIELDS = {"en": "fields", "fr": "champs"}


def pages() -> dict[str, str]:
    """Every page, by its path in this folder."""
    made = {RULES[lang]: rules_page(lang) for lang in LANGUAGES}
    for spec in map(load_spec, bundled()):
        made |= {f"{FIELDS[lang]}/{spec.name}.md": reference(spec, lang, f"../{RULES[lang]}") for lang in LANGUAGES}
    return made


def rules_page(lang: str) -> str:
    """The page of the rules, as the default spec has them."""
    words, spec = catalog(lang), load_spec()

    def severities(one: Explanation) -> str:
        return ", ".join(words[f"text.{severity}"] for severity in one.severities)

    colon = "\N{NO-BREAK SPACE}:" if lang == "fr" else ":"
    more = {"subjects": subjects(spec, lang), "severities": severities, "colon": colon}
    return render("docs/rules.md.j2", spec=spec, words=words, **more)


def main() -> None:
    """Write every page."""
    for name, text in pages().items():
        path = HERE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
