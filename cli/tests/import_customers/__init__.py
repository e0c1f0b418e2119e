"""The tests of `crm import customers`."""
