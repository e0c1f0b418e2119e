"""What contacts hears, and who takes it in."""

from crm_contacts.read_models import customer_card, customer_search, units

READ_MODELS = (
    customer_card.READ_MODEL,
    customer_search.READ_MODEL,
    units.READ_MODEL,
)
