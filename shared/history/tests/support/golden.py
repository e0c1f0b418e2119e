"""Golden sentences of every event, and the wordings of every other value that a field of it can have."""

from collections.abc import Mapping

from crm_events import EVENTS
from shared.history.tests.support.sentences import LANGUAGES, in_words, said
from shared.history.tests.telling import golden
from shared.history.tests.variants import variants

FRAMES = {"en": "On 20 Nov 2026 at 12:00, in store (GZ-TIANHE), ", "zh": "2026年11月20日12:00，门店（GZ-TIANHE），"}

Sentences = Mapping[str, Mapping[str, str]]
"""Sentences by language, by the type of their event or the name of their variant."""


def sentences() -> Sentences:
    """Tell the example of every event."""
    return {type: {language: said(golden(type), language) for language in LANGUAGES} for type in EVENTS}


def short_sentences() -> Sentences:
    """Tell what happened in the example of every event, without when, where and by whom."""
    return {type: {language: in_words(golden(type), language).what for language in LANGUAGES} for type in EVENTS}


def wordings() -> Sentences:
    """Tell every variant that is told otherwise than the example, without when and where."""
    plain = sentences()
    told = {name: {language: said(event, language) for language in LANGUAGES} for name, event in variants()}
    return {
        name: {language: words.removeprefix(FRAMES[language]) for language, words in in_both.items()}
        for name, in_both in told.items()
        if in_both != plain[name.partition(",")[0]]
    }
