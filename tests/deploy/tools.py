"""The tools that judge what is deployed: each comes as a wheel with the other tools of development."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.sources import ROOT

DEPLOY = ROOT / "deploy"
PARTS = ("serve", "relay", "project", "work")


def tool(name: str) -> str:
    """Return the path of this tool; without it nothing is proven, so its absence is a failure."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        pytest.fail(f"{name} is not installed: it comes with `make install`", pytrace=False)
    return found


def run(*command: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Return the output of a tool; with an environment, in that one and no other."""
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT, timeout=120)


@cache
def rendered(folder: str) -> str:
    """Return the manifests of a folder below `deploy/kubernetes`, as kubectl's own kustomize renders them."""
    done = run(tool("kubectl"), "kustomize", str(DEPLOY / "kubernetes" / folder))
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def _parsed(folder: str) -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all(rendered(folder)) if each]


def manifests(folder: str = "overlays/example") -> list[dict[str, Any]]:
    """Return the same as a list of resources, which a test may spoil as it likes."""
    return deepcopy(_parsed(folder))


def of_kind(resources: Sequence[dict[str, Any]], *kinds: str) -> list[dict[str, Any]]:
    """Return the resources of these kinds."""
    return [each for each in resources if each["kind"] in kinds]


def named(resources: Sequence[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    """Return the one resource of this kind and name."""
    [found] = [each for each in of_kind(resources, kind) if each["metadata"]["name"] == name]
    return found


def variables_of(service: str) -> set[str]:
    """Return every environment variable that a service reads, as its settings say."""
    from importlib import import_module

    settings = import_module(f"crm_{service}.settings").Settings
    return {f"{settings.model_config['env_prefix']}{name.upper()}" for name in settings.model_fields}
