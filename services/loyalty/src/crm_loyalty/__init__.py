"""Loyalty keeps the exact worth of a customer's loyalty: membership, level, cards and points.

Every point is kept from the order or the complaint that earned it to the day it was spent, taken back or expired.
"""
