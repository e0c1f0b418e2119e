"""The five services, as this machine runs them."""

from crm_chassis.service import Service
from crm_contacts.__main__ import SERVICE as CONTACTS
from crm_loyalty.__main__ import SERVICE as LOYALTY
from crm_marketing.__main__ import SERVICE as MARKETING
from crm_sales.__main__ import SERVICE as SALES
from crm_support.__main__ import SERVICE as SUPPORT

SERVICES: dict[str, Service] = {service.name: service for service in (CONTACTS, SALES, MARKETING, SUPPORT, LOYALTY)}
