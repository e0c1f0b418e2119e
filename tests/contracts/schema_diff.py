"""Differences between two schemas of one event: the field of each, and its rule."""

from collections.abc import Iterator
from enum import Enum
from operator import gt, lt
from typing import Any, NamedTuple

from crm_events.json_schema import JsonObject


class Change(Enum):
    """A way in which one schema can differ from an earlier one so that somebody trips over it."""

    FIELD_REMOVED = "field removed"
    FIELD_RENAMED = "field renamed"
    REQUIRED_FIELD_ADDED = "required field added"
    FIELD_MADE_REQUIRED = "optional field made required"
    FIELD_MADE_OPTIONAL = "required field made optional"
    VALUE_REMOVED = "enum value removed"
    VALUE_ADDED = "enum value added"
    MADE_NULLABLE = "made nullable"
    NO_LONGER_NULLABLE = "no longer nullable"
    TYPE_CHANGED = "type changed"
    TYPE_NARROWED = "type narrowed"
    TYPE_WIDENED = "type widened"
    BOUNDS_TIGHTENED = "bounds tightened"
    BOUNDS_LOOSENED = "bounds loosened"
    FORMAT_CHANGED = "format changed"
    DEFAULT_CHANGED = "default changed"
    CLOSED = "closed to further fields"
    EVENT_GONE = "event gone"


class Difference(NamedTuple):
    """One change: the path of the field (`lines[].sku`, empty for the event itself), the rule, and the detail."""

    field: str
    change: Change
    detail: str


LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
FORMATS = ("format", "pattern", "contentEncoding", "multipleOf", "uniqueItems", "prefixItems")
WORDS = frozenset({"$schema", "$id", "title", "description", "x-personal"})
ANYTHING = "anything"


def differences(before: JsonObject, now: JsonObject) -> Iterator[Difference]:
    """Find everything that somebody could trip over; further optional fields, words and marks are none of it."""
    yield from _node(_inlined(before, before), _inlined(now, now), "")


def same_schema(before: JsonObject, now: JsonObject) -> bool:
    """Tell whether nothing but words and marks differs."""
    return bool(_wordless(_inlined(before, before)) == _wordless(_inlined(now, now)))


def _node(before: JsonObject, now: JsonObject, field: str) -> Iterator[Difference]:
    old, new = _alternatives(before), _alternatives(now)
    yield from _types(set(old), set(new), field)
    for kind in sorted(old.keys() & new.keys()):
        for compare in (_values, _bounds, _formats, _fields, _items, _openness):
            yield from compare(old[kind], new[kind], field)


def _types(old: set[str], new: set[str], field: str) -> Iterator[Difference]:
    gone, come = old - new, new - old
    if "null" in come:
        yield Difference(field, Change.MADE_NULLABLE, "null is allowed now")
    if "null" in gone:
        yield Difference(field, Change.NO_LONGER_NULLABLE, "null was allowed")
    gone, come = gone - {"null"}, come - {"null"}
    detail = f"from {' | '.join(sorted(old))} to {' | '.join(sorted(new))}"
    if gone and (not come or gone == {ANYTHING} or (gone, come) == ({"number"}, {"integer"})):
        yield Difference(field, Change.TYPE_NARROWED, detail)
    elif come and (not gone or come == {ANYTHING} or (gone, come) == ({"integer"}, {"number"})):
        yield Difference(field, Change.TYPE_WIDENED, detail)
    elif gone:
        yield Difference(field, Change.TYPE_CHANGED, detail)


def _values(before: JsonObject, now: JsonObject, field: str) -> Iterator[Difference]:
    old, new = _allowed(before), _allowed(now)
    if old is None and new is not None:
        yield Difference(field, Change.TYPE_NARROWED, f"only {', '.join(map(str, new))} now")
    elif old is not None and new is None:
        yield Difference(field, Change.TYPE_WIDENED, "any value now")
    elif old is not None and new is not None:
        yield from (Difference(field, Change.VALUE_REMOVED, str(value)) for value in old if value not in new)
        yield from (Difference(field, Change.VALUE_ADDED, str(value)) for value in new if value not in old)


def _bounds(before: JsonObject, now: JsonObject, field: str) -> Iterator[Difference]:
    for names, tighter in ((LOWER_BOUNDS, gt), (UPPER_BOUNDS, lt)):
        for name in names:
            old, new = before.get(name), now.get(name)
            if old == new:
                continue
            tightened = old is None or (new is not None and tighter(new, old))
            change = Change.BOUNDS_TIGHTENED if tightened else Change.BOUNDS_LOOSENED
            yield Difference(field, change, f"{name} from {old} to {new}")


def _formats(before: JsonObject, now: JsonObject, field: str) -> Iterator[Difference]:
    for name in FORMATS:
        old, new = before.get(name), now.get(name)
        if old != new:
            yield Difference(field, Change.FORMAT_CHANGED, f"{name} from {old} to {new}")


def _fields(before: JsonObject, now: JsonObject, field: str) -> Iterator[Difference]:
    old, new = before.get("properties", {}), now.get("properties", {})
    needed, needs = set(before.get("required", [])), set(now.get("required", []))
    gone, come = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    renamed = {name: other for name in gone for other in come if _bare(new[other]) == _bare(old[name])}
    for name in gone:
        if name in renamed:
            yield Difference(_within(field, name), Change.FIELD_RENAMED, f"to {renamed[name]}")
        else:
            yield Difference(_within(field, name), Change.FIELD_REMOVED, "no longer told")
    for name in come:
        if name in needs and name not in renamed.values():
            yield Difference(_within(field, name), Change.REQUIRED_FIELD_ADDED, "older records do not say it")
    for name in sorted(old.keys() & new.keys()):
        yield from _field(old[name], new[name], _within(field, name), needed=name in needed, needs=name in needs)


def _field(before: JsonObject, now: JsonObject, field: str, *, needed: bool, needs: bool) -> Iterator[Difference]:
    if needs and not needed:
        yield Difference(field, Change.FIELD_MADE_REQUIRED, "older records may lack it")
    elif needed and not needs:
        yield Difference(field, Change.FIELD_MADE_OPTIONAL, "older readers rely on it")
    elif not needs and before.get("default") != now.get("default"):
        yield Difference(field, Change.DEFAULT_CHANGED, f"from {before.get('default')} to {now.get('default')}")
    yield from _node(before, now, field)


def _items(before: JsonObject, now: JsonObject, field: str) -> Iterator[Difference]:
    for name, path in (("items", f"{field}[]"), ("additionalProperties", f"{field}.*")):
        old, new = before.get(name), now.get(name)
        if isinstance(old, dict) or isinstance(new, dict):
            yield from _node(old if isinstance(old, dict) else {}, new if isinstance(new, dict) else {}, path)


def _openness(before: JsonObject, now: JsonObject, field: str) -> Iterator[Difference]:
    for name in ("additionalProperties", "unevaluatedProperties"):
        if now.get(name) is False and before.get(name) is not False:
            yield Difference(field, Change.CLOSED, f"{name} is false")


def _alternatives(node: JsonObject) -> dict[str, JsonObject]:
    """List what may stand here, by type; of several objects, each by its own title."""
    found: dict[str, JsonObject] = {}
    for each in node.get("anyOf") or node.get("oneOf") or [node]:
        kinds = each.get("type", ANYTHING)
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            found[kind if kind not in found else f"{kind} {each.get('title', len(found))}"] = each
    return found


def _allowed(node: JsonObject) -> list[Any] | None:
    return [node["const"]] if "const" in node else node.get("enum")


def _bare(node: JsonObject) -> JsonObject:
    """Strip a field of its words and its default: what is left makes two fields the same under another name."""
    return {name: each for name, each in node.items() if name not in WORDS | {"default"}}


def _wordless(node: Any) -> Any:
    """Strip words and marks at every depth; a field that is called like one of them stays."""
    if isinstance(node, list):
        return [_wordless(item) for item in node]
    if not isinstance(node, dict):
        return node
    fields = {name: _wordless(each) for name, each in node.get("properties", {}).items()}
    others = {name: _wordless(each) for name, each in node.items() if name not in WORDS | {"properties"}}
    return {**others, "properties": fields}


def _within(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name


def _inlined(node: Any, document: JsonObject) -> Any:
    """Replace every reference by what it refers to; the name of a definition is not a promise."""
    if isinstance(node, list):
        return [_inlined(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(reference := node.get("$ref"), str):
        target = _inlined(document["$defs"][reference.removeprefix("#/$defs/")], document)
        return {**target, **{name: each for name, each in node.items() if name != "$ref"}}
    return {name: _inlined(item, document) for name, item in node.items() if name != "$defs"}
