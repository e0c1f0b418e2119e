"""What sales hears, and who takes it in."""

from crm_sales.read_models import funnel, leads_of_salesperson, orders_of_customer, receivables

READ_MODELS = (
    leads_of_salesperson.READ_MODEL,
    funnel.READ_MODEL,
    orders_of_customer.READ_MODEL,
    receivables.READ_MODEL,
)
