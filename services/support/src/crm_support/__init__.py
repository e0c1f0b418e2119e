"""Support: every problem of a customer in one place, and the visits after a sale.

Everybody sees what was asked or complained about, who has it, what was answered or why there is no answer yet, and
how the service was rated.
"""
