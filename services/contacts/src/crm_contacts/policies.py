"""What contacts does because something became true: nothing yet, it is asked by people and by imports."""

from crm_eventlog.reactions import Deadline, Policy

POLICIES: tuple[Policy, ...] = ()
DEADLINES: tuple[Deadline, ...] = ()
