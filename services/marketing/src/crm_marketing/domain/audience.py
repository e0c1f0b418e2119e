"""Whom a campaign is for."""

from dataclasses import dataclass
from enum import StrEnum


class ConsentChannel(StrEnum):
    """A way to write to or call a customer, for which consent is asked separately."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    POST = "post"


class Language(StrEnum):
    """A language the company speaks with its customers."""

    ZH = "zh"
    EN = "en"


class Importance(StrEnum):
    """The list a customer stands on: red is served first, black is not served, general is everybody else."""

    RED = "red"
    GENERAL = "general"
    BLACK = "black"


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceRule:
    """Whom a campaign is for; an empty list means no restriction."""

    consent_channel: ConsentChannel
    languages: tuple[Language, ...] = ()
    importance: tuple[Importance, ...] = ()
    cities: tuple[str, ...] = ()
