"""The orderly end of the services of this machine."""

import time
from contextlib import suppress

import psutil

from crm_cli.data_folder import DataFolder, Running
from crm_cli.errors import CliError


class StillRunning(CliError):
    """Services that did not end in time."""


def down(data_folder: DataFolder, *, wipe: bool, within: float = 60.0) -> bool:
    """End what `crm up` and the demo run, with `wipe` remove the data, and tell whether anything was running."""
    ended = [_end(each, within=within) for each in (data_folder, data_folder.of_demo)]
    if wipe:
        data_folder.wipe()
    return any(ended)


def _end(data_folder: DataFolder, *, within: float) -> bool:
    if not data_folder.is_running():
        data_folder.clear()
        return False
    running = data_folder.running()
    if running.process is not None:
        running.process.terminate()
    _wait(running, within)
    return True


def _wait(running: Running, within: float) -> None:
    """Wait until the process is gone, or only waits for its parent to notice."""
    deadline = time.monotonic() + within
    while (process := running.process) is not None:
        if time.monotonic() > deadline:
            raise StillRunning(
                f"process {process.pid} has not ended within {within:.0f} s: "
                f"`crm down` again, or `kill -9 {process.pid}`"
            )
        with suppress(psutil.TimeoutExpired):
            process.wait(0.1)
