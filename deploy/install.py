"""Installer: it makes `.venv` and installs every distribution into it when something changed, with Python only.

Called by the Makefile: `python3 deploy/install.py demo|all|constraints FOLDER...`, in the order of dependency. `demo`
installs what the demo needs. `all` adds the real parts, their containers and the development tools. `constraints` pins
the newest versions instead.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this very line is for those who run something older
    sys.exit(f"Python 3.11 or later is needed, but {sys.executable} is older. Choose another: make PYTHON=python3.12")

import hashlib
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "constraints.txt"
# They build every distribution here, so pip need not create an environment with them for each.
BUILD_TOOLS = ("hatchling", "editables")
# Extras of a distribution that `all` installs.
EXTRAS = {"deploy/local": "[real,containers]"}


def install(scope: str, distributions: Sequence[str]) -> None:
    """Install unless the same was installed here before."""
    absent = [folder for folder in distributions if not (ROOT / folder / "pyproject.toml").exists()]
    if absent:
        sys.exit(f"No distribution in {', '.join(absent)}")
    if scope == "constraints":
        pin(distributions)
        return
    fingerprint = fingerprint_of(distributions)
    stamps = [VENV / "installed-all"] if scope == "all" else [VENV / "installed-all", VENV / "installed-demo"]
    if any(stamp.exists() and stamp.read_text() == fingerprint for stamp in stamps):
        return
    begun = time.monotonic()
    pinned = ["--constraint", str(CONSTRAINTS)]
    make_venv(VENV)
    pip("2/3 the build tools", VENV, [*pinned, *BUILD_TOOLS])
    pip(f"3/3 the project and its libraries ({scope})", VENV, [*pinned, *requirements(scope, distributions)])
    (VENV / f"installed-{scope}").write_text(fingerprint)
    print(f"      ready after {time.monotonic() - begun:.0f} s", flush=True)


def pin(distributions: Sequence[str]) -> None:
    """Let pip choose the newest compatible versions in a temporary environment, and write them down."""
    with tempfile.TemporaryDirectory() as folder:
        venv = Path(folder)
        make_venv(venv)
        pip("2/3 the build tools", venv, BUILD_TOOLS)
        pip("3/3 the newest libraries", venv, list(requirements("all", distributions)))
        freeze = [str(venv / "bin" / "python"), "-m", "pip", "freeze", "--exclude-editable"]
        CONSTRAINTS.write_text(subprocess.run(freeze, capture_output=True, text=True, check=True).stdout)


def fingerprint_of(distributions: Sequence[str]) -> str:
    """Return a digest of the place, the Python and every file that decides what is installed."""
    shown = [CONSTRAINTS, ROOT / "pyproject.toml", Path(__file__)]
    shown += [ROOT / folder / "pyproject.toml" for folder in distributions]
    digest = hashlib.sha256(f"{ROOT} {sys.version}".encode())
    for path in shown:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def requirements(scope: str, distributions: Sequence[str]) -> Iterator[str]:
    """Yield the arguments of pip: every distribution as an editable install, and for `all` the tools."""
    for folder in distributions:
        extras = EXTRAS.get(folder, "") if scope == "all" else ""
        yield from ("--editable", f"{ROOT / folder}{extras}")
    if scope == "all":
        yield from tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]["dev"]


def make_venv(venv: Path) -> None:
    """Create the virtual environment, or recreate it if another Python made it."""
    print(f"  1/3 {venv.name} from Python {sys.version.split()[0]}", flush=True)
    maker = venv / "made-by"
    ours = maker.exists() and maker.read_text() == f"{sys.executable} {sys.version}"
    command = [sys.executable, "-m", "venv", *([] if ours else ["--clear"]), str(venv)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        sys.exit(f"{made.stdout}{made.stderr}\nThis Python cannot make a virtual environment with pip in it.")
    maker.write_text(f"{sys.executable} {sys.version}")


def pip(step: str, venv: Path, words: Sequence[str]) -> None:
    """Run pip behind one line that counts the packages. Print its output only if it fails."""
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "--no-build-isolation", *quiet, *words]
    shown: list[str] = []
    print(f"  {step}", end=" " if sys.stdout.isatty() else "\n", flush=True)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT) as running:
        for line in running.stdout or ():
            shown.append(line)
            show_progress(step, shown)
    if sys.stdout.isatty():
        print()
    if running.returncode != 0:
        sys.exit("".join(shown[-25:]))


def show_progress(step: str, shown: Sequence[str]) -> None:
    """Rewrite the line of this step with the number of packages so far, on a terminal."""
    if sys.stdout.isatty():
        packages = sum(line.startswith(("Collecting ", "Obtaining ")) for line in shown)
        now = "installed" if shown[-1].startswith("Installing") else "found"
        print(f"\r\033[K  {step}: {packages} packages {now}", end="", flush=True)


if __name__ == "__main__":
    install(sys.argv[1], sys.argv[2:])
