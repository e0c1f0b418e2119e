"""`crm down`: what runs on this machine, ended in order."""

import time
from contextlib import suppress

import psutil

from crm_cli.leaving import CannotBeDone
from crm_cli.places import Place, Running


class StillRunning(CannotBeDone):
    """The services did not end in time."""


def down(place: Place, *, wipe: bool, within: float = 60.0) -> bool:
    """End what `crm up` and the demo run, and with `wipe` remove the data; True when something was running."""
    ended = [_end(each, within=within) for each in (place, place.of_demo)]
    if wipe:
        place.wipe()
    return any(ended)


def _end(place: Place, *, within: float) -> bool:
    if not place.is_running():
        place.forget()
        return False
    running = place.running()
    if running.process is not None:
        running.process.terminate()
    _wait(running, within)
    return True


def _wait(running: Running, within: float) -> None:
    """Until the process is gone, or only waits for its parent to notice."""
    deadline = time.monotonic() + within
    while (process := running.process) is not None:
        if time.monotonic() > deadline:
            raise StillRunning(
                f"process {process.pid} has not ended within {within:.0f} s: "
                f"`crm down` again, or `kill -9 {process.pid}`"
            )
        with suppress(psutil.TimeoutExpired):
            process.wait(0.1)
