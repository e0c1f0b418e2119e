"""Time zones of the company's days."""

from datetime import timedelta, timezone

CHINA = timezone(timedelta(hours=8), "China")
