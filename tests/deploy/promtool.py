"""Prometheus' own judge of its rules: from the PATH, or unpacked from Debian's package; neither needs root."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from crm_local.pytest_plugin import go_without

_PATIENCE = 300


class Unobtainable(Exception):
    """Why there is no promtool here."""


@cache
def promtool() -> str:
    """Find promtool. Without it the test that asks is skipped with the reason, or fails by the rule of real parts."""
    try:
        return shutil.which("promtool") or str(from_debian(_cache()))
    except Unobtainable as reason:
        go_without(f"no promtool: not on the PATH, and Debian's package `prometheus` cannot be had here: {reason}")


def from_debian(folder: Path) -> Path:
    """Download Debian's package into this folder and unpack it, unless that was done; nothing is installed."""
    unpacked = folder / "unpacked" / "usr" / "bin" / "promtool"
    if unpacked.exists():
        return unpacked
    folder.mkdir(parents=True, exist_ok=True)
    if not _said(["apt-get", *_apart(folder), "download", "prometheus"], folder):
        # A machine that never asked what there is; asked into a folder of ours, this needs no root either.
        _insist(["apt-get", *_apart(folder, lists=True), "update"], folder)
        _insist(["apt-get", *_apart(folder, lists=True), "download", "prometheus"], folder)
    packages = sorted(folder.glob("prometheus_*.deb"))
    if not packages:
        raise Unobtainable("apt-get downloaded nothing")
    # Unpacked beside and moved, so that another run never sees half of it.
    beside = folder / f"unpacking-{os.getpid()}"
    _insist(["dpkg-deb", "-x", str(packages[-1]), str(beside)], folder)
    if not unpacked.exists():
        beside.rename(folder / "unpacked")
    return unpacked


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "crm" / "promtool"


def _apart(folder: Path, *, lists: bool = False) -> list[str]:
    """Return options that keep apt away from what belongs to the system."""
    options = ["-q", "-o", "APT::Sandbox::User=", "-o", f"Dir::Cache={folder}/cache"]
    if not lists:
        return options
    for part in ("state/lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    return [*options, "-o", f"Dir::State::lists={folder}/state/lists", "-o", "Debug::NoLocking=1"]


def _said(command: list[str], folder: Path) -> bool:
    return _run(command, folder).returncode == 0


def _insist(command: list[str], folder: Path) -> None:
    done = _run(command, folder)
    if done.returncode:
        *_, last = (done.stderr or done.stdout or "it said nothing").strip().splitlines()
        raise Unobtainable(f"{command[0]} ended with {done.returncode}: {last}")


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=_PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unobtainable(f"{command[0]}: {error}") from error
