"""One file per pitfall of our exact libraries, named for what it guards.

Each shows that the pitfall is there, and what we do instead.

When an upgrade cures a library, the test that shows the pitfall turns red: then the instead may go.
"""
