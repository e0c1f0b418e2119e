"""Where a customer and the company meet."""

from enum import StrEnum


class Channel(StrEnum):
    """The contact point an order came in by."""

    STORE = "store"
    WEB = "web"
    CALL_CENTRE = "call_centre"
    SERVICE_CENTRE = "service_centre"
    MAIL = "mail"
    VIP_CLUB = "vip_club"
    FIELD = "field"
