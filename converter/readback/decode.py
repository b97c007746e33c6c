"""A tree of sound structure to requests, as `reshape` makes them of a workbook; each value knows its path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from converter.findings import Finding, Place
from converter.readback.strict import is_blank, reader_of, shown
from converter.request import Dossier, Item, Request
from converter.spec.model import Block, Field, Spec
from converter.values import FAULTY, Note
from converter.wording import Say


@dataclass(frozen=True, slots=True)
class Node:
    """An object of the JSON as the origin of values. A row is the element's index where a key holds a plain list."""

    tree: dict[str, Any]
    path: str
    steps: tuple[int, ...]
    key: str

    def place(self, row: int, name: str, text: str | None = None) -> Place:
        """The path of that key, or of one element of its list; the editor's number where there is no such key."""
        name = name if name in self.tree else self.key
        steps = (*self.steps, list(self.tree).index(name) if name in self.tree else 0)
        value = self.tree.get(name)
        if isinstance(value, list) and value and not isinstance(value[0], dict):
            return Place.at_path(f"{self.path}.{name}[{row}]", name, (*steps, row))
        return Place.at_path(f"{self.path}.{name}", name, steps)

    def below(self, name: str, index: int | None = None) -> Node:
        """The object that a key holds, or one of the objects in its list."""
        value, at = self.tree[name], list(self.tree).index(name)
        if index is None:
            return Node(value, f"{self.path}.{name}", (*self.steps, at), self.key)
        return Node(value[index], f"{self.path}.{name}[{index}]", (*self.steps, at, index), self.key)


class _Said(NamedTuple):
    """What there is to say of a value, before it is known whose it is."""

    rule: str
    note: Note
    place: Place | None

    def of(self, demande: str | None) -> Finding:
        rule, note, place = self
        return Finding(rule=rule, severity=note.severity, say=note.say, place=place, demande=demande, value=note.value)


def decode(spec: Spec, tree: dict[str, Any]) -> Dossier:
    """The requests of a tree that `structure` has passed, with every finding that a single value gives.

    A request's key is its number, or the line it stands in where that number is missing, wrong or taken already. What
    the tool makes itself (`numLigne`, `nomFichier`, …) is among an item's values as the file has it.
    """
    return _Decoder(spec).dossier(tree)


def lines_of(spec: Spec, tree: dict[str, Any]) -> list[Any]:
    """The list that holds the requests."""
    lines: list[Any] = tree[spec.holder]
    return lines


def number_in(spec: Spec, request: Request) -> str | None:
    """The editor's number as the file has it, right or wrong; None where there is none."""
    block, name = spec.number.block, spec.number.name
    item = request.item(block)
    raw = item.origin.tree.get(name) if item and isinstance(item.origin, Node) else None
    return None if is_blank(raw) else shown(raw)


class _Decoder:
    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.readers = {one.path: reader_of(one, spec) for one in spec.fields if one.form and one.json}
        self.holder = spec.holder

    def dossier(self, tree: dict[str, Any]) -> Dossier:
        node, said = Node(tree, "$", (), self.spec.number.name), list[_Said]()
        dossier = Dossier(header=self.item(self.spec.header, node, 1, said), requests=[], findings=[])
        dossier.findings = [one.of(None) for one in said]
        taken: set[str] = set()
        for index in range(len(tree[self.holder])):
            dossier.requests.append(self.request(node.below(self.holder, index), index, taken, dossier.findings))
        if not dossier.requests:
            place = node.place(0, self.holder)
            dossier.findings.append(Finding(rule="X6", severity="error", say=Say("say.no_request"), place=place))
        return dossier

    def request(self, node: Node, index: int, taken: set[str], findings: list[Finding]) -> Request:
        said: list[_Said] = []
        request = Request(demande="", items={})
        self.block(self.spec.request, node, index + 1, request, said)
        number = request.value(self.spec.number.path)
        request.number = number if isinstance(number, str) else None
        is_key = request.number is not None and request.number not in taken
        request.demande = (is_key and request.number) or f"l. {index + 1}"
        taken.add(request.demande)
        findings += [one.of(request.demande) for one in said]
        return request

    def block(self, block: Block, node: Node, row: int, request: Request, said: list[_Said]) -> None:
        """The item of one object, and of all below it."""
        request.items.setdefault(block.id, []).append(self.item(block, node, row, said))
        for one in block.fields:
            if one.holds and one.json:
                self.held(self.spec.block(one.holds), one.name, node, request, said)

    def held(self, block: Block, name: str, node: Node, request: Request, said: list[_Said]) -> None:
        value = node.tree[name]
        request.items.setdefault(block.id, [])
        if isinstance(value, list):
            for index in range(len(value)):
                self.block(block, node.below(name, index), index + 1, request, said)
        elif value is not None:
            self.block(block, node.below(name), 1, request, said)

    def item(self, block: Block, node: Node, row: int, said: list[_Said]) -> Item:
        item = Item({}, node, (row,))
        for one in block.fields:
            if one.form and one.json:
                self.read(one, node.tree[one.name], item, said)
            elif not one.holds:
                item.values[one.name] = node.tree.get(one.name) if one.json else None
        return item

    def read(self, one: Field, raw: Any, item: Item, said: list[_Said]) -> None:
        assert one.form is not None
        if one.form.many and isinstance(raw, list) and raw:
            self.several(one, raw, item, said)
            return
        if one.form.many and not is_blank(raw) and raw != []:
            item.values[one.name] = (FAULTY,)
            note = Note("error", "form", Say("say.strict.no_list"), shown(raw))
            said.append(_Said(_rule(one, note), note, item.place(one.name)))
            return
        parsed = self.readers[one.path](raw) if not one.form.many else None
        item.values[one.name] = parsed.value if parsed else ()
        if item.values[one.name] in (None, ()) and (one.required or one.path == self.spec.number.path):
            key = "say.strict.no_number" if one.path == self.spec.number.path else "say.blank"
            note = Note("error", "form", Say(key, {"question": one.question}))
            said.append(_Said(one.blank_rule, note, item.place(one.name)))
        said += [_Said(_rule(one, note), note, item.place(one.name)) for note in (parsed.notes if parsed else ())]

    def several(self, one: Field, raw: list[Any], item: Item, said: list[_Said]) -> None:
        """A list of values: each by itself, and none twice."""
        item.sources = {**item.sources, one.name: tuple(range(len(raw)))}
        values: dict[Any, None] = {}
        read: list[Any] = []
        for index, element in enumerate(raw):
            parsed = self.readers[one.path](element)
            value, notes = parsed
            if is_blank(element):
                value, notes = FAULTY, (Note("error", "form", Say("say.strict.element"), shown(element)),)
            if value is not FAULTY and value in values:
                notes = (Note("error", "twice", Say("say.identifier.twice"), shown(element)),)
            values[value] = None
            read.append(value)
            said += [_Said(_rule(one, note), note, item.place(one.name, index)) for note in notes]
        item.values[one.name] = tuple(read)


def _rule(one: Field, note: Note) -> str:
    """The id of the rule that speaks where `note` was made about a field."""
    return {"form": one.rule, "check": one.check_rule, "twice": one.twice_rule or one.rule}.get(note.role, one.rule)
