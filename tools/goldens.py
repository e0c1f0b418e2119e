"""Golden files: what the example of each event is on the wire, and how people read it in both languages."""

import json
from collections.abc import Mapping
from pathlib import Path

from crm_events import EVENTS
from crm_events.examples import example_payload
from shared.history.tests.support.golden import Sentences, sentences, short_sentences, wordings

ROOT = Path(__file__).parents[1]
PAYLOADS = ROOT / "shared" / "events" / "tests" / "golden"
SENTENCES = ROOT / "shared" / "history" / "tests" / "golden_sentences.json"
SHORT = ROOT / "shared" / "history" / "tests" / "golden_short_sentences.json"
WORDINGS = ROOT / "shared" / "history" / "tests" / "golden_wordings.json"


def payloads() -> Mapping[Path, str]:
    """Return the golden payload of every event."""
    return {PAYLOADS / f"{type}.json": example_payload(event) + "\n" for type, event in EVENTS.items()}


def sentences_and_wordings() -> Mapping[Path, str]:
    """Return the golden sentences, long and short, and the wordings."""
    return {
        SENTENCES: _text(SENTENCES, sentences(), indent=2),
        SHORT: _text(SHORT, short_sentences(), indent=2),
        WORDINGS: _text(WORDINGS, wordings(), indent=1),
    }


def _text(path: Path, written: Sentences, indent: int) -> str:
    """Return the sentences as JSON, in the order of the file; what is new stands at the end."""
    before = json.loads(path.read_text("utf-8")) if path.exists() else {}
    ordered = {name: written[name] for name in (*before, *written) if name in written}
    return json.dumps(ordered, indent=indent, ensure_ascii=False) + "\n"
