"""Consent over HTTP."""

from crm_chassis.testing import Client
from services.contacts.tests.requests import CONSENT, MS_CHEN, asked, refused, shown


def test_consent_is_given_once_and_withdrawn_once(with_chen: Client) -> None:
    withdrawal = {"customer_id": MS_CHEN, "channel": "email", "reason": "Too many messages"}

    assert refused(with_chen, "withdraw-consent", withdrawal) == (409, "consent-not-given", "channel")
    asked(with_chen, "give-consent", CONSENT)
    assert refused(with_chen, "give-consent", CONSENT) == (409, "consent-already-given", "channel")
    asked(with_chen, "withdraw-consent", withdrawal)
    assert refused(with_chen, "withdraw-consent", withdrawal) == (409, "consent-not-given", "channel")

    consent = shown(with_chen, f"/customers/{MS_CHEN}")["consents"]["email"]
    assert (consent["given"], consent["reason"], consent["by"]) == (False, "Too many messages", "lin.mei")


def test_if_match_on_a_consent_speaks_of_the_ledger_and_not_of_the_customer(with_chen: Client) -> None:
    ledger = asked(with_chen, "give-consent", CONSENT)
    assert ledger["version"] == 2

    by_text = asked(with_chen, "give-consent", {**CONSENT, "channel": "sms"}, if_match='"2"')

    assert (by_text["id"], by_text["version"]) == (ledger["id"], 3)
    late = {**CONSENT, "channel": "phone"}
    assert refused(with_chen, "give-consent", late, if_match='"2"')[:2] == (412, "stale-version")
