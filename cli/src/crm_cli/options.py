"""Options that several commands have."""

import locale
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_cli.services import SERVICE_NAMES

HOME = Path(".crm")


class Language(StrEnum):
    """A language a reader may choose."""

    EN = "en"
    ZH = "zh"


if TYPE_CHECKING:
    # A type checker cannot know the members of an enumeration that is made of a list.
    ServiceName = str
else:
    ServiceName = StrEnum("ServiceName", {name.upper(): name for name in SERVICE_NAMES})


class RebuildFrom(StrEnum):
    """The source of a rebuilt read model."""

    LOG = "log"
    STORES = "stores"


class Encoding(StrEnum):
    """The encoding of a file."""

    UTF_8 = "utf-8"
    GB18030 = "gb18030"


def readers_language() -> Language:
    """Return Chinese where the environment variables say so, else English."""
    spoken = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return Language.ZH if locale.normalize(spoken).lower().startswith("zh") else Language.EN


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Folder = Annotated[Path, typer.Option("--folder", envvar="CRM_FOLDER", help="Where the services' data are kept.")]
Reader = Annotated[
    Language,
    typer.Option("--language", default_factory=readers_language, show_default="as LANG says", help="Your language."),
]
