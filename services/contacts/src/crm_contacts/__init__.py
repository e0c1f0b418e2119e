"""Contacts: customers and the id that every service uses for life, touches, consent, and the organisation tree."""
