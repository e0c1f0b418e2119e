"""Lists of codes that marketing speaks of."""

from enum import StrEnum


class LeftOutReason(StrEnum):
    """Why a customer of the audience was not written to."""

    OPEN_COMPLAINT = "open_complaint"
    NO_CONSENT = "no_consent"
    BLACK_LISTED = "black_listed"
    NO_ADDRESS = "no_address"
