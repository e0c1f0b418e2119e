"""What support hears, and who takes it in."""

from crm_support.read_models import cases_of_customer, open_cases, visits_due

READ_MODELS = (
    open_cases.READ_MODEL,
    cases_of_customer.READ_MODEL,
    visits_due.READ_MODEL,
)
