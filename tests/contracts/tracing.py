"""The fields of an event that its reader looks at, seen while the reader's own code runs."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, NamedTuple

from pydantic import BaseModel

from crm_events import LocalizedText, PublicEvent, Value


class Seen(NamedTuple):
    """A look at a field: by whom, of which event."""

    reader: str
    type: str


class Looks:
    """Every look that was taken, by reader and event: the paths of fields, `lines[].sku` where one lies deeper."""

    def __init__(self) -> None:
        self.fields: dict[Seen, set[str]] = defaultdict(set)
        self._reader: str | None = None
        # Parts of events by their identity, and the parts themselves so that no other takes it over.
        self._parts: dict[int, tuple[str, str, Value | LocalizedText]] = {}

    def by(self, reader: str, of: Callable[..., Any]) -> Callable[..., Any]:
        """Return the same function; what it looks at is seen under the reader's name."""

        @wraps(of)
        def watched(*arguments: Any, **named: Any) -> Any:
            before, self._reader = self._reader, reader
            try:
                return of(*arguments, **named)
            finally:
                self._reader = before

        return watched

    def look(self, part: BaseModel | LocalizedText, name: str, value: Any) -> None:
        """Note that somebody looked at this field of an event, or of a part of one."""
        if self._reader is None:
            return
        if isinstance(part, PublicEvent):
            type, path = part.TYPE, name
        elif id(part) in self._parts:
            type, above, _ = self._parts[id(part)]
            path = f"{above}.{name}"
        else:
            return
        self.fields[Seen(self._reader, type)].add(path)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Value | LocalizedText):
                self._parts[id(each)] = (type, f"{path}[]" if isinstance(value, tuple) else path, each)

    def dumped(self, part: BaseModel, named: Mapping[str, Any]) -> None:
        """Note that somebody took these fields of an event as a whole."""
        fields = part.__pydantic_fields__.keys()
        for name in fields & set(named.get("include") or fields) - set(named.get("exclude") or ()):
            self.look(part, name, None)


@contextmanager
def watching() -> Iterator[Looks]:
    """See every look at an event until the block ends: at an attribute, in a pattern, or by dumping it."""
    looks = Looks()
    before: dict[type, tuple[str, ...]] = {kind: _instrument(kind, looks) for kind in (PublicEvent, Value)}
    before[LocalizedText] = _instrument_text(looks)
    try:
        yield looks
    finally:
        for kind, names in before.items():
            for name in names:
                delattr(kind, name)


def _instrument_text(looks: Looks) -> tuple[str, ...]:
    """Watch the texts in two languages; returns the names to take off again."""

    def getting(self: LocalizedText, name: str) -> Any:
        value = object.__getattribute__(self, name)
        if name in LocalizedText.__slots__:
            looks.look(self, name, value)
        return value

    setattr(LocalizedText, "__getattribute__", getting)  # noqa: B010 - mypy knows no assignment to it
    return ("__getattribute__",)


def _instrument(kind: type[BaseModel], looks: Looks) -> tuple[str, ...]:
    """Watch the instances of a class; returns the names to take off again."""

    def getting(self: BaseModel, name: str) -> Any:
        value = object.__getattribute__(self, name)
        if name[0] != "_" and name in type(self).__pydantic_fields__:
            looks.look(self, name, value)
        return value

    def dumping(self: BaseModel, **named: Any) -> Any:
        looks.dumped(self, named)
        return BaseModel.model_dump(self, **named)

    def dumping_json(self: BaseModel, **named: Any) -> Any:
        looks.dumped(self, named)
        return BaseModel.model_dump_json(self, **named)

    instruments = {"__getattribute__": getting, "model_dump": dumping, "model_dump_json": dumping_json}
    for name, instrument in instruments.items():
        setattr(kind, name, instrument)
    return tuple(instruments)
