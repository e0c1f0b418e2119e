"""The consent ledger: what is given, withdrawn and rejected."""

import pytest

from crm_contacts.consents.consent import Consent, ConsentAlreadyGiven, ConsentNotGiven, ledger_id
from crm_kernel import ConsentChannel, Language

EMAIL, SMS = ConsentChannel.EMAIL, ConsentChannel.SMS


def test_consent_is_given_with_the_text_that_was_shown(an_empty_ledger: Consent) -> None:
    an_empty_ledger.give(EMAIL, text_shown="我同意接收邮件。", language=Language.ZH)

    given = an_empty_ledger.pending_events[-1]
    assert (given.channel, given.text_shown, given.language) == (EMAIL, "我同意接收邮件。", Language.ZH)


def test_consent_on_one_channel_is_no_consent_on_another(a_ledger_with_mail: Consent) -> None:
    with pytest.raises(ConsentNotGiven):
        a_ledger_with_mail.withdraw(SMS, reason="Too many messages")

    a_ledger_with_mail.give(SMS, text_shown="I agree.", language=Language.EN)

    assert a_ledger_with_mail.given == {EMAIL, SMS}


def test_consent_is_not_given_twice(a_ledger_with_mail: Consent) -> None:
    with pytest.raises(ConsentAlreadyGiven):
        a_ledger_with_mail.give(EMAIL, text_shown="Another text", language=Language.EN)


def test_consent_is_withdrawn_once_and_may_be_given_again(a_ledger_with_mail: Consent) -> None:
    a_ledger_with_mail.withdraw(EMAIL, reason="Too many messages")

    with pytest.raises(ConsentNotGiven):
        a_ledger_with_mail.withdraw(EMAIL, reason="Too many messages")
    a_ledger_with_mail.give(EMAIL, text_shown="Once a month.", language=Language.EN)

    names = [type(fact).__name__ for fact in a_ledger_with_mail.pending_events]
    assert names == ["Opened", "Given", "Withdrawn", "Given"]


def test_a_customer_has_one_ledger_in_their_own_partition(an_empty_ledger: Consent) -> None:
    customer_id = an_empty_ledger.customer_id

    assert an_empty_ledger.id == ledger_id(customer_id) == Consent(customer_id=customer_id).id
    assert an_empty_ledger.partition_key == customer_id


def test_a_replayed_ledger_equals_the_live_one(a_ledger_with_mail: Consent) -> None:
    a_ledger_with_mail.give(SMS, text_shown="I agree.", language=Language.EN)
    a_ledger_with_mail.withdraw(EMAIL, reason="Too many messages")

    replayed = None
    for fact in a_ledger_with_mail.collect_events():
        replayed = fact.mutate(replayed)

    assert replayed == a_ledger_with_mail
