"""The commands of `crm`, a module for each group.

What a command needs is imported when it is called: `crm --help` answers at once.
"""
