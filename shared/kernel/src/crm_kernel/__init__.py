"""The exact values that every service and the public events share; standard library alone."""

from crm_kernel.channels import Channel, ConsentChannel
from crm_kernel.errors import DomainError, NotFound
from crm_kernel.money import Money
from crm_kernel.quantity import Quantity
from crm_kernel.text import Labelled, Language, LocalizedText
from crm_kernel.zones import CHINA

__all__ = [
    "CHINA",
    "Channel",
    "ConsentChannel",
    "DomainError",
    "Labelled",
    "Language",
    "LocalizedText",
    "Money",
    "NotFound",
    "Quantity",
]
