"""Whether a schema only grew: what readers or old messages of an earlier release would trip over in a newer one."""

from collections.abc import Iterator, Mapping
from typing import Any

from crm_events.json_schema import JsonObject

NOT_ABOUT_SHAPE = frozenset({"$schema", "$id", "$defs", "title", "description", "default", "x-personal"})
GROWS_BY_RULE = frozenset({"properties", "required", "enum"})


def broken_promises(before: Mapping[str, JsonObject], now: Mapping[str, JsonObject]) -> list[str]:
    """What the schemas of today (by event type) no longer keep of those released before; empty when they only grew."""
    return [
        f"{type}: {promise}"
        for type, schema in before.items()
        for promise in (_broken(schema, now[type]) if type in now else ["the event is gone"])
    ]


def _broken(before: JsonObject, now: JsonObject) -> Iterator[str]:
    yield from _broken_node(_inlined(before, before), _inlined(now, now), "the event")


def _broken_node(before: Any, now: Any, where: str) -> Iterator[str]:
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for one, other in zip(before, now, strict=True):
            yield from _broken_node(one, other, where)
    elif isinstance(before, dict) and isinstance(now, dict):
        yield from _broken_object(before, now, where)
    elif before != now:
        yield f"{where} changed its type from {before} to {now}"


def _broken_object(before: JsonObject, now: JsonObject, where: str) -> Iterator[str]:
    yield from _broken_fields(before, now, where)
    lost = [choice for choice in before.get("enum", []) if choice not in now.get("enum", [])]
    if lost:
        yield f"{where} no longer allows {', '.join(map(str, lost))}"
    for keyword in sorted(_shape(before) | _shape(now)):
        if keyword in before and keyword in now:
            yield from _broken_node(before[keyword], now[keyword], where)
        else:
            yield f"{where} changed its type: {keyword} came or went"


def _broken_fields(before: JsonObject, now: JsonObject, where: str) -> Iterator[str]:
    old, new = before.get("properties", {}), now.get("properties", {})
    old_required, new_required = set(before.get("required", [])), set(now.get("required", []))
    for name in sorted(old.keys() - new.keys()):
        yield f"{where} lost the field {name}"
    for name in sorted(new_required - old_required):
        yield f"{where} requires the field {name}, which older messages need not have"
    for name in sorted((old_required - new_required) & new.keys()):
        yield f"{where} no longer requires the field {name}, on which older readers rely"
    for name in sorted(old.keys() & new.keys()):
        yield from _broken_node(old[name], new[name], name if where == "the event" else f"{where}.{name}")


def _shape(schema: JsonObject) -> set[str]:
    return schema.keys() - NOT_ABOUT_SHAPE - GROWS_BY_RULE


def _inlined(node: Any, document: JsonObject) -> Any:
    """The schema with every reference replaced by what it refers to; a definition's name is no promise."""
    if isinstance(node, list):
        return [_inlined(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(reference := node.get("$ref"), str):
        return _inlined(document["$defs"][reference.removeprefix("#/$defs/")], document)
    return {name: _inlined(item, document) for name, item in node.items() if name != "$defs"}
