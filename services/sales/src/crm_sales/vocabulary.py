"""Enums of sales' records, each as the public events define it."""

from crm_events.sales import PaymentMeans

__all__ = ["PaymentMeans"]
