"""The one recipe of five images: hadolint finds nothing, and it holds to what a linter cannot know."""

import json
import re
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser

from tests.architecture.sources import ROOT, SERVICES
from tests.deploy.tools import DEPLOY, run, tool

RECIPE = (DEPLOY / "Dockerfile").read_text("utf-8")
OURS = ("shared", "services/${SERVICE}", "constraints.txt", "deploy/health.py")


def instructions(recipe: str) -> list[tuple[str, str]]:
    """Return each instruction with its value, as in ("USER", "10001:10001")."""
    parser = DockerfileParser(fileobj=_Memory(recipe))
    return [(each["instruction"], each["value"]) for each in parser.structure if each["instruction"] != "COMMENT"]


class _Memory:
    """A file as the parser wants one: it reads and rewinds bytes."""

    def __init__(self, text: str) -> None:
        self._text = text.encode()

    def seek(self, _: int) -> None:
        """Do nothing: every reading is of the whole."""

    def readlines(self) -> list[bytes]:
        return self._text.splitlines(keepends=True)


def values(recipe: str, name: str) -> list[str]:
    return [value for instruction, value in instructions(recipe) if instruction == name]


def final_stage(recipe: str) -> list[tuple[str, str]]:
    """Return the instructions after the last FROM, of which the image is made."""
    found = instructions(recipe)
    last = max(place for place, (instruction, _) in enumerate(found) if instruction == "FROM")
    return found[last + 1 :]


def breaches(recipe: str) -> list[str]:
    """List the promises about the image that a recipe breaks."""
    final = final_stage(recipe)
    users = [value for instruction, value in final if instruction == "USER"]
    copied = [word for value in values(recipe, "COPY") for word in sources(value)]
    entry = [value for instruction, value in final if instruction == "ENTRYPOINT"]
    promises = {
        "runs as a number that is not root": bool(users) and re.fullmatch(r"[1-9]\d*(:\d+)?", users[-1]) is not None,
        "has a health check": any(instruction == "HEALTHCHECK" for instruction, _ in final),
        "copies only what one service needs": set(copied) <= set(OURS),
        "adds nothing": not values(recipe, "ADD"),
        "names the version of what it stands on": all(is_pinned(image) for image in values(recipe, "FROM")),
        "keeps the compiler out": not re.search(r"apt-get|apk |build-essential|gcc", json.dumps(final)),
        "starts without a shell in between": len(entry) == 1 and entry[0].startswith("[") and "exec python" in entry[0],
        "installs what is pinned": all(is_bound(value) for value in values(recipe, "RUN")),
    }
    return [promise for promise, kept in promises.items() if not kept]


def sources(copy: str) -> list[str]:
    """List what a COPY takes from the sources of the project, its flags and its destination aside."""
    words = [word for word in copy.split() if not word.startswith("--")]
    return [] if "--from=" in copy else words[:-1]


def is_pinned(image: str) -> bool:
    tag = image.split(maxsplit=1)[0].partition(":")[2]
    return bool(re.match(r"\d+\.\d+", tag))


def is_bound(command: str) -> bool:
    """Tell if pip, where it is called, is given the versions: by our constraints or by a folder of wheels."""
    calls = re.findall(r"pip (?:install|wheel)(?:(?!&&).)*", command)
    return all("--constraint constraints.txt" in call or "--no-index" in call for call in calls)


def test_hadolint_finds_nothing() -> None:
    done = run(tool("hadolint"), "--no-color", str(DEPLOY / "Dockerfile"))

    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_hadolint_catches_an_offender(tmp_path: Path) -> None:
    offender = tmp_path / "Dockerfile"
    offender.write_text("FROM python\nRUN cd /srv && pip install flask\n")

    done = run(tool("hadolint"), "--no-color", str(offender))

    assert done.returncode == 1
    assert {"DL3006", "DL3013"} <= set(re.findall(r"DL\d{4}", done.stdout))


def test_the_recipe_keeps_its_promises() -> None:
    assert breaches(RECIPE) == []


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        (("USER 10001:10001", "USER root"), "runs as a number that is not root"),
        (("USER 10001:10001", ""), "runs as a number that is not root"),
        (("HEALTHCHECK", "# HEALTHCHECK"), "has a health check"),
        (
            ("COPY services/${SERVICE} services/${SERVICE}", "COPY services services"),
            "copies only what one service needs",
        ),
        (("COPY shared shared", "ADD shared shared"), "adds nothing"),
        (("python:3.11-slim-bookworm", "python:latest"), "names the version of what it stands on"),
        (("python:3.11-slim-bookworm", "python"), "names the version of what it stands on"),
        (("&& useradd", "&& apt-get install gcc && useradd"), "keeps the compiler out"),
        (('["/bin/sh", "-c", "exec python', '["/bin/sh", "-c", "python'), "starts without a shell in between"),
        (
            ("pip wheel --no-cache-dir --no-build-isolation --constraint constraints.txt", "pip wheel"),
            "installs what is pinned",
        ),
    ],
)
def test_a_recipe_that_breaks_a_promise_is_caught(change: tuple[str, str], promise: str) -> None:
    offender = RECIPE.replace(*change)

    assert offender != RECIPE
    assert promise in breaches(offender)


def test_what_the_recipe_copies_is_there_for_every_service() -> None:
    copied = {word for value in values(RECIPE, "COPY") for word in sources(value)}
    paths = [ROOT / word.replace("${SERVICE}", service) for word in copied for service in SERVICES]

    assert [path for path in paths if not path.exists()] == []


def test_the_wheels_that_are_built_are_the_service_and_all_that_is_shared() -> None:
    [build] = [value for value in values(RECIPE, "RUN") if "pip wheel" in value]
    built = set(re.findall(r"\./([a-z]+/[a-z${}SERVICE]+)", build))

    assert built == {f"shared/{path.parent.name}" for path in ROOT.glob("shared/*/pyproject.toml")} | {
        "services/${SERVICE}"
    }
