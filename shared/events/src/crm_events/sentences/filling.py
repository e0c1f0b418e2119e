"""Events in words: the template of an event, filled with its fields."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import zip_longest
from types import MappingProxyType
from typing import Any, NamedTuple

from crm_events.event import PublicEvent
from crm_events.sentences.amounts import because, day, money, points, quoted, span
from crm_events.sentences.clause import Choice, Clause
from crm_events.sentences.codes import rule_words, word
from crm_events.sentences.names import Names
from crm_events.values import Code, Money
from crm_kernel import Labelled, LocalizedText

_FIELD = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
_UNLESS_EMPTY = re.compile(r"\[([^\[\]]*)\]")
_NO_WORDS: Mapping[str, LocalizedText] = MappingProxyType({})


class Field(NamedTuple):
    """A field in a template, and the form that the template asks for."""

    name: str
    form: str


class Part(NamedTuple):
    """A part of a template: texts and fields; one in brackets is left out where a field of it is empty."""

    in_brackets: bool
    pieces: tuple[str | Field, ...]


def describe(event: PublicEvent, names: Names) -> Clause:
    """Return what an event says; `names` are those of units and campaigns."""
    chosen = event.SENTENCE
    clause = chosen.clauses[getattr(event, chosen.field)] if isinstance(chosen, Choice) else chosen
    texts: dict[Field, LocalizedText] = {}

    def text_of(field: Field) -> LocalizedText:
        if field not in texts:
            texts[field] = _in_words(event, field, names)
        return texts[field]

    def filled(template: str, language: str) -> str:
        kept = [part for part in parts_of(template) if not part.in_brackets or _is_full(part, event)]
        return "".join(
            piece if isinstance(piece, str) else text_of(piece).in_language(language)
            for part in kept
            for piece in part.pieces
        )

    return Clause(clause.subject, filled(clause.en, "en"), filled(clause.zh, "zh"))


def fields_of(template: str) -> list[str]:
    """Return the fields that a template names."""
    return [piece.name for part in parts_of(template) for piece in part.pieces if isinstance(piece, Field)]


@cache
def parts_of(template: str) -> tuple[Part, ...]:
    """Take a template apart; every second part stood in brackets."""
    return tuple(Part(number % 2 == 1, _pieces(text)) for number, text in enumerate(_UNLESS_EMPTY.split(template)))


def _pieces(text: str) -> tuple[str | Field, ...]:
    texts, names, forms = (_FIELD.split(text)[start::3] for start in range(3))
    fields = [Field(name, form or "") for name, form in zip(names, forms, strict=True)]
    return tuple(piece for pair in zip_longest(texts, fields, fillvalue="") for piece in pair if piece)


def _is_full(part: Part, event: PublicEvent) -> bool:
    return all(getattr(event, piece.name) for piece in part.pieces if isinstance(piece, Field))


def _in_words(event: PublicEvent, field: Field, names: Names) -> LocalizedText:
    """Return a field in the form that the template asks for, or in that of its type."""
    name, form = field
    value = getattr(event, name)
    match form:
        case "":
            return _by_type(value, _words_of(type(event), name))
        case "unit":
            return names.unit(value)
        case "campaign":
            return names.campaign(value)
    return _FORMS[form](value) if form in _FORMS else _same(format(value, form))


def _by_type(value: Any, words: Mapping[str, LocalizedText] | None) -> LocalizedText:
    match value:
        case Labelled():
            return value.label
        case LocalizedText():
            return value
        case Money():
            return money(value)
        case date():
            return day(value)
        case timedelta():
            return span(value)
        case str():
            return _same(quoted(value)) if words is None else word(value, words)
    return _same(str(value))


@cache
def _words_of(event: type[PublicEvent], name: str) -> Mapping[str, LocalizedText] | None:
    """Return the words for the codes of this field; None for a text that is not a code."""
    field = event.model_fields.get(name)
    marks = [mark for mark in field.metadata if isinstance(mark, Code)] if field else []
    return (marks[0].words or _NO_WORDS) if marks else None


def _same(text: str) -> LocalizedText:
    return LocalizedText(text, text)


def _were(count: int) -> LocalizedText:
    number = points(count)
    return LocalizedText(f"{number.en} {'was' if count == 1 else 'were'}", number.zh)


_FORMS: Mapping[str, Callable[[Any], LocalizedText]] = {
    "because": because,
    "plain": lambda text: _same(" ".join(str(text).split())),
    "points": points,
    "points were": _were,
    "rule": rule_words,
}
"""Forms that a template may name: `unit` and `campaign` beside them, and the format codes of numbers, as in `+d`."""
