"""A guessed mapping as the text of its file: what was found stands there, what was not is asked for in comments."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator

from converter.export.guess import Found, Guess
from converter.spec.model import Field, Sheet, Spec
from converter.wording import Say, say

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 116


def draft(made: Guess, spec: Spec, lang: str, export: str, command: str) -> str:
    """The mapping file; `export` is the export's name, `command` what is typed once it is complete."""
    top = _say("top", lang, export=export, command=command).splitlines()
    lines = [*(f"# {line}" for line in top), "", *_export(made, lang)]
    for sheet in spec.sheets:
        own = spec.attachment
        if own is not None and spec.block(own.block).sheet == sheet.name:
            lines += _pieces(made, sheet, own, spec, lang)
        elif sheet.rows != "optional":
            lines += ["", f"[{quoted(sheet.name)}]", *_key(made, sheet, spec, lang)]
            for one in sheet.fields:
                lines += _entry(one, made, sheet, lang)
    if made.unused:
        lines += ["", *_comment(_say("unused", lang)), *(f"#   {quoted(name)}" for name in made.unused)]
    return "\n".join(lines) + "\n"


def _export(made: Guess, lang: str) -> Iterator[str]:
    yield "[export]"
    if len(made.sheets) > 1:
        yield f"sheet = {quoted(made.grid.title)}"
    if made.grid.is_text:
        yield f"# encoding = {quoted(made.grid.encoding or '')}"
        yield f"# delimiter = {quoted(made.grid.delimiter or '')}"
    if made.status:
        yield from _comment(_say("filter", lang))
        yield f"# where = {{ {quoted(made.status.name)} = [{_listed(made.status.texts)}] }}"


def _key(made: Guess, sheet: Sheet, spec: Spec, lang: str) -> Iterator[str]:
    if sheet.name != spec.request.sheet:
        return
    if made.key is None:
        yield from _comment(spec.key.question.in_(lang))
        yield f'# {spec.key.column} = ""'
    else:
        yield f"{spec.key.column} = {quoted(made.key.columns[0])}  # {_say('key', lang)}{_doubt(made.key, lang)}"


def _entry(one: Field, made: Guess, sheet: Sheet, lang: str) -> Iterator[str]:
    """The entry of a column; where nothing was found, the question that it answers."""
    found = made.found.get((sheet.name, one.name))
    if found is None:
        yield from _comment(one.question.in_(lang))
        if one.name in made.several:
            yield from _comment(_say("several", lang, name=quoted(made.several[one.name])))
        yield f'# {_name(one.name)} = {{ value = "" }}'
        return
    if found.open_:
        yield from _comment(_say("todo", lang))
        yield from (f'#   {quoted(text)} = "…"' for text in found.open_)
    doubt = _doubt(found, lang)
    yield f"{_name(one.name)} = {_source(found)}" + (f"  #{doubt}" if doubt else "")


def _source(found: Found) -> str:
    if len(found.columns) > 1:
        return f"{{ columns = [{_listed(found.columns)}] }}"
    if found.meant:
        map_ = ", ".join(f"{quoted(text)} = {quoted(word)}" for text, word in found.meant.items())
        return f"{{ column = {quoted(found.columns[0])}, map = {{ {map_} }} }}"
    return quoted(found.columns[0])


def _pieces(made: Guess, sheet: Sheet, own: Field, spec: Spec, lang: str) -> Iterator[str]:
    """One table for each kind of attachment; without any, one to be completed."""
    kind = spec.block(own.block)[own.type or own.name]
    for code, found in made.pieces.items():
        doubt = _doubt(found, lang)
        yield from ("", f"[[{quoted(sheet.name)}]]", f"{_name(kind.name)} = {{ value = {quoted(code)} }}")
        yield f"{_name(own.name)} = {_source(found)}" + (f"  #{doubt}" if doubt else "")
    if not made.pieces:
        code = kind.form.choices.codes[0] if kind.form and kind.form.choices.codes else "…"
        yield from ("", f"[[{quoted(sheet.name)}]]", *_comment(own.question.in_(lang)))
        yield f"# {_name(kind.name)} = {{ value = {quoted(code)} }}"
        yield f'# {_name(own.name)} = {{ format = "{{{"…"}}}.pdf" }}'


def _doubt(found: Found, lang: str) -> str:
    return f" ({_say(found.doubt, lang)})" if found.doubt else ""


def _comment(text: str) -> list[str]:
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, _WIDTH, break_on_hyphens=False)]
    return [f"# {line}" for line in lines]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def _name(name: str) -> str:
    return name if _BARE.fullmatch(name) else quoted(name)


def quoted(text: str) -> str:
    """A text as TOML writes it between quotes."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _say(key: str, lang: str, **words: object) -> str:
    return say(Say(f"guess.{key}", words), lang)
