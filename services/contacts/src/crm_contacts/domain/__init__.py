"""What contacts decides: customers, touches, consents, and the units of the organisation."""
