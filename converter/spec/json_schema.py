"""A spec as JSON Schema (draft 2020-12): what the agency would accept, for other programs to check with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from converter.spec.model import Block, Field, Spec
from converter.values import Form

_IDENTIFIER = {
    "digits": "[0-9]{{{n}}}",
    "alphanumeric": "[A-Za-z0-9]{{{n}}}",
    "finess": "[0-9][0-9A-Z][0-9]{{{rest}}}",
    "filename": '[^\\s<>:"/\\\\|?*]{{{n}}}',
}


def json_schema(spec: Spec) -> dict[str, Any]:
    """The schema of one JSON file of `spec`. Rules that cross fields are not in it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:xl2json:{spec.name}:{spec.version}",
        "title": spec.title.fr,
        "description": spec.guide,
        **_object(spec, spec.header),
    }


def _object(spec: Spec, block: Block) -> dict[str, Any]:
    fields = [one for one in block.fields if one.json]
    return {
        "type": "object",
        "properties": {one.name: _property(spec, one) for one in fields},
        "required": [one.name for one in fields],
        "additionalProperties": False,
    }


def _property(spec: Spec, one: Field) -> dict[str, Any]:
    described = {"description": one.question.fr} if one.question.fr else {}
    if one.holds:
        return _held(spec, spec.block(one.holds))
    if one.made:
        return _made(spec, one)
    assert one.form is not None
    schema = _FORMS[one.form.kind](one.form)
    if one.form.many:
        schema = {"type": "array", "items": schema, "uniqueItems": True, "minItems": int(one.required)}
    elif not one.required and one.path != spec.number.path:
        schema = {"anyOf": [schema, {"type": "null"}]}
    return described | schema


def _held(spec: Spec, block: Block) -> dict[str, Any]:
    schema = _object(spec, block)
    if block.rows == "request":
        return {"type": "array", "items": schema, "minItems": 1, "maxItems": spec.limits.requests_per_file}
    if block.rows == "many":
        return {"type": "array", "items": schema}
    return {"anyOf": [schema, {"type": "null"}]} if block.rows == "optional" else schema


def _made(spec: Spec, one: Field) -> dict[str, Any]:
    makers: dict[str, dict[str, Any]] = {
        "null": {"type": "null"},
        "line": {"type": "integer", "minimum": 1, "maximum": spec.limits.requests_per_file},
        "fixed": {"const": one.value},
        "attachment_name": {"type": "string", "minLength": 1, **({"maxLength": one.max} if one.max else {})},
        "attachment_format": {"enum": list(spec.lists[one.list].codes) if one.list else []},
    }
    return makers[one.made or "null"]


def _identifier(form: Form) -> dict[str, Any]:
    pattern = _IDENTIFIER[form.characters]
    any_of = "|".join(pattern.format(n=n, rest=n - 2) for n in form.lengths)
    return {"type": "string", "pattern": f"^(?:{any_of})$"}


def _text(form: Form) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, **({"maxLength": form.max} if form.max else {})}


_FORMS: dict[str, Callable[[Form], dict[str, Any]]] = {
    "identifier": _identifier,
    "date": lambda _: {"type": "string", "pattern": "^[0-9]{2}/[0-9]{2}/[0-9]{4}$"},
    "amount": lambda _: {"type": "number", "exclusiveMinimum": 0},
    "yesno": lambda _: {"type": "boolean"},
    "choice": lambda form: {"enum": list(form.choices.codes)},
    "text": _text,
    "name": _text,
    "email": _text,
    "phone": _text,
    "labels": _text,
    "attachment": _text,
}
