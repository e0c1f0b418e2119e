"""What marketing does because something became true, by command alone: nothing so far.

Writing to an audience and handing a message over read what marketing knows and reach outside: see `effects`.
"""

from crm_eventlog.reactions import Deadline, Policy

POLICIES: tuple[Policy, ...] = ()
DEADLINES: tuple[Deadline, ...] = ()
