"""Consents: the ledger of what each customer allowed us to use to reach them."""

from crm_chassis.slice import Slice, handlers_of
from crm_contacts.consents import handlers
from crm_contacts.consents.consent import Consent, ledger_id
from crm_contacts.consents.publishing import publish

__all__ = ["CONSENTS", "Consent", "ledger_id"]

CONSENTS = Slice(name="consents", aggregates=(Consent,), handlers=handlers_of(handlers), publish=publish)
