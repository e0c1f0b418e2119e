"""A watchdog beside each server. It ends the server when the process that started it is gone, however that ended."""

import subprocess
import sys
from contextlib import suppress
from signal import Signals

import psutil

DISMISSED = b"dismissed\n"


def watch(*, pid: int, begun: float, stop_signal: Signals) -> "subprocess.Popen[bytes]":
    """Start the watchdog of a server. It holds the other end of a pipe, which closes when we die."""
    command = [sys.executable, __file__, str(pid), repr(begun), str(stop_signal.value)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def dismiss(watchdog: "subprocess.Popen[bytes]") -> None:
    """End the watchdog of a server that has stopped in order."""
    with suppress(OSError):
        watchdog.communicate(DISMISSED, timeout=10)


def end(process: psutil.Process, *, stop_signal: Signals, within: float) -> None:
    """Ask a process to end, wait, and kill it if it does not."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(stop_signal)
        try:
            process.wait(timeout=within)
        except psutil.TimeoutExpired:
            kill(process)


def kill(process: psutil.Process) -> None:
    """Kill a process and its children, and wait until they are gone."""
    with suppress(psutil.NoSuchProcess):
        family = [process, *process.children(recursive=True)]
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(family, timeout=10)


def main(pid: int, begun: float, stop_signal: Signals) -> None:
    """Wait until the pipe closes. End the server unless the dismissal came first."""
    if sys.stdin.buffer.read() == DISMISSED:
        return
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        if process.create_time() == begun:
            end(process, stop_signal=stop_signal, within=20)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), Signals(int(sys.argv[3])))
