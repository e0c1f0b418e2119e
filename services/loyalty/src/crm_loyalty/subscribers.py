"""What loyalty hears, and who takes it in."""

from crm_loyalty.read_models import balance, cards, explanation, members

READ_MODELS = (
    members.READ_MODEL,
    cards.READ_MODEL,
    balance.READ_MODEL,
    explanation.READ_MODEL,
)
