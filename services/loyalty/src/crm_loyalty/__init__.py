"""Loyalty keeps what a customer's loyalty is worth, exactly: who is a member at which level and with which cards, and
every point from the order or the complaint that earned it to the day it was spent, taken back or expired."""
