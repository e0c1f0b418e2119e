"""Contacts knows who the customer is and gives the id that everybody uses for life; it records every touch with a
customer, what they consented to and on which list they stand, and it keeps the tree of the organisation."""
