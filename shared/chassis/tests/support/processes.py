"""Processes of the notes service, followed by their log lines."""

import json
import subprocess


def line_with(started: subprocess.Popen[str], event: str) -> dict[str, object]:
    """Return the first log line of this event."""
    assert started.stdout is not None
    assert started.stderr is not None
    received = []
    for line in started.stdout:
        received.append(line)
        if (record := json.loads(line))["event"] == event:
            return dict(record)
    raise AssertionError(f"it ended without saying {event!r}, but: {received} {started.stderr.read()}")
