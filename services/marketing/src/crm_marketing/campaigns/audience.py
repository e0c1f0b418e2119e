"""The audience of a campaign."""

from dataclasses import dataclass

from crm_kernel import ConsentChannel, Language
from crm_marketing.vocabulary import ImportanceListing


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceRule:
    """The customers whom a campaign is for; an empty list restricts nothing."""

    consent_channel: ConsentChannel
    languages: tuple[Language, ...] = ()
    importance: tuple[ImportanceListing, ...] = ()
    cities: tuple[str, ...] = ()
