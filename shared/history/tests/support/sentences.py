"""Sentences of events as a reader of the history gets them."""

from types import SimpleNamespace
from typing import Any

from crm_events import PublicEvent
from crm_history import Language
from crm_history.sentences import EntryWords, words
from shared.history.tests.telling import NOON, told

LANGUAGES: tuple[Language, ...] = ("en", "zh")


def said(event: PublicEvent, language: Language, **command_context: Any) -> str:
    """Return the sentence of an event that is told in this context."""
    return in_words(event, language, **command_context).sentence


def in_words(event: PublicEvent, language: Language, **command_context: Any) -> EntryWords:
    """Return an event that is told in this context, short and whole."""
    one = told(event, NOON, **command_context).event
    row = SimpleNamespace(
        type=one.type,
        data=one.raw,
        occurred_at=one.time,
        channel=one.channel,
        unit=one.unit,
        actor=one.actor,
        role=one.role,
    )
    return words(row, language)
