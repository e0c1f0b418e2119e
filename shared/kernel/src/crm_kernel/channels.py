"""Ways in which a customer and the company meet."""

from enum import StrEnum


class Channel(StrEnum):
    """Where a customer and the company met."""

    STORE = "store"
    WEB = "web"
    CALL_CENTRE = "call_centre"
    SERVICE_CENTRE = "service_centre"
    MAIL = "mail"
    VIP_CLUB = "vip_club"
    FIELD = "field"


class ConsentChannel(StrEnum):
    """A way to write to or call a customer, for which consent is asked separately."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    POST = "post"
