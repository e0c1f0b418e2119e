"""What loyalty hears, and who takes it in."""

import crm_history
from crm_loyalty.read_models import balance, cards, explanation, members

READ_MODELS = (
    members.READ_MODEL,
    cards.READ_MODEL,
    balance.READ_MODEL,
    explanation.READ_MODEL,
    crm_history.READ_MODEL,
)
