"""`crm audit`: what was recorded, whether it still is, and the proof of it."""
