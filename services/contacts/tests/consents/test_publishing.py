"""Public events of consent as they go on the wire."""

from crm_contacts.consents.consent import Consent
from crm_kernel import ConsentChannel
from services.contacts.tests.published import CUSTOMER, published


def test_consent_is_told_entry_by_entry_and_the_opening_of_the_ledger_is_not(a_ledger_with_mail: Consent) -> None:
    a_ledger_with_mail.withdraw(ConsentChannel.EMAIL, reason="Too many")

    assert published(a_ledger_with_mail) == {
        "Consent.Given": f'{{{CUSTOMER},"channel":"email","text_shown":"我同意接收邮件。","language":"zh"}}',
        "Consent.Withdrawn": f'{{{CUSTOMER},"channel":"email","reason":"Too many"}}',
    }
