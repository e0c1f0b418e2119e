"""Mutation testing: small changes of meaning, one at a time, and the tests that notice them."""
