"""What marketing hears, and who takes it in."""

from crm_marketing.read_models import (
    audience,
    campaigns,
    messages_of_campaign,
    open_cases_of_customers,
    sales_of_campaign,
)

READ_MODELS = (
    campaigns.READ_MODEL,
    messages_of_campaign.READ_MODEL,
    sales_of_campaign.READ_MODEL,
    audience.READ_MODEL,
    open_cases_of_customers.READ_MODEL,
)
