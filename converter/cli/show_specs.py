"""`xl2json specs …`: the bundled specs, their fields, their schema, their mistakes, their differences."""

from __future__ import annotations

from pathlib import Path

from converter.cli.show import show_json
from converter.errors import SpecError, Xl2JsonError
from converter.resources import render
from converter.spec.load import bundled, load_spec
from converter.spec.model import Field, Spec
from converter.wording import Say, say


def listing(lang: str, format_: str) -> None:
    """The bundled specs, a line each."""
    known = [load_spec(name) for name in bundled()]
    if format_ == "json":
        show_json(
            [
                {"name": one.name, "version": one.version, "guide": one.guide, "title": one.title.in_(lang)}
                for one in known
            ]
        )
        return
    for one in known:
        print(f"{one.name}  {one.version}  {one.title.in_(lang)}")


def fields(name: str, lang: str, format_: str) -> None:
    """The fields of a spec, as a Markdown page or as JSON."""
    spec = load_spec(name)
    if format_ == "json":
        show_json([_field(one, spec, lang) for one in spec.fields])
    else:
        print(reference(spec, lang), end="")


def reference(spec: Spec, lang: str, rules_page: str = "") -> str:
    """The field reference of `spec` as a Markdown page; the rules lead to `rules_page`, where there is one."""
    fields = [_field(one, spec, lang) for one in spec.fields]
    return render(f"docs/fields.{lang}.md.j2", spec=spec, lang=lang, fields=fields, rules_page=rules_page)


def _field(one: Field, spec: Spec, lang: str) -> dict[str, object]:
    form = one.form
    return {
        "name": one.name,
        "block": one.block,
        "sheet": spec.block(one.block).sheet,
        "kind": form.kind if form else one.made or "object",
        "typed": one.typed,
        "json": one.json,
        "required": one.required,
        "list": bool(form and form.many),
        "lengths": list(form.lengths) if form else [],
        "max": one.max,
        "rules": sorted({one.rule, one.check_rule, one.blank_rule, one.twice_rule} - {""}),
        "section": one.section,
        "question": one.question.in_(lang),
    }


def schema(name: str) -> None:
    """The JSON Schema of a spec."""
    from converter.spec.json_schema import json_schema

    show_json(json_schema(load_spec(name)))


def problems(file: str, lang: str, format_: str) -> int:
    """The mistakes of a spec file, each with its path; 1 where there are any."""
    found: tuple[Say, ...] = ()
    try:
        load_spec(Path(file) if file.endswith(".toml") else file)
    except SpecError as error:
        found = error.problems
    words = [{"path": one.params["path"], "message": say(one, lang)} for one in found]
    if format_ == "json":
        show_json({"spec": file, "ok": not words, "problems": words})
    else:
        print("\n".join(one["message"] for one in words) or say(Say("text.spec_ok", {"name": file}), lang))
    return int(bool(words))


def comparison(model: Path, name: str, lang: str, format_: str) -> int:
    """What differs from the portal's model JSON, with the line of the spec to change; 1 where anything does."""
    import orjson

    from converter.spec.compare import compare

    spec = load_spec(name)
    try:
        tree = orjson.loads(model.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise Xl2JsonError("no_model_file", name=str(model)) from error
    except orjson.JSONDecodeError as error:
        raise Xl2JsonError("no_model", name=str(model)) from error
    found = compare(spec, tree)
    different = any(one.kind != "empty" for one in found)
    if format_ == "json":
        rows = [{"kind": one.kind, "path": one.path, "line": one.line, "message": say(one.say, lang)} for one in found]
        show_json({"spec": spec.name, "ok": not different, "differences": rows})
        return int(different)
    file = Path(spec.folder) / f"{spec.name}.toml"
    for one in found:
        print(
            say(one.say, lang) + (say(Say("compare.line", {"line": one.line, "file": file}), lang) if one.line else "")
        )
    if not different:
        print(say(Say("compare.same", {"name": spec.name}), lang))
    return int(different)
