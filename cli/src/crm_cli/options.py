"""Options that many commands share."""

import locale
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

HOME = Path(".crm")


class Language(StrEnum):
    """A language a reader may choose."""

    EN = "en"
    ZH = "zh"


class ServiceName(StrEnum):
    """One of the five services."""

    CONTACTS = "contacts"
    SALES = "sales"
    MARKETING = "marketing"
    SUPPORT = "support"
    LOYALTY = "loyalty"


class RebuildFrom(StrEnum):
    """What a read model is built from."""

    LOG = "log"
    STORES = "stores"


class Encoding(StrEnum):
    """How a file's letters are written."""

    UTF_8 = "utf-8"
    GB18030 = "gb18030"


def readers_language() -> Language:
    """Chinese where the surroundings speak it, else English."""
    spoken = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return Language.ZH if locale.normalize(spoken).lower().startswith("zh") else Language.EN


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Folder = Annotated[Path, typer.Option("--folder", envvar="CRM_FOLDER", help="Where the services' data are kept.")]
Reader = Annotated[
    Language,
    typer.Option("--language", default_factory=readers_language, show_default="as LANG says", help="Your language."),
]
