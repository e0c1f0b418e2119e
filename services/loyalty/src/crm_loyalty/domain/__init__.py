"""What loyalty decides: who is a member, whose card it is, and what becomes of every point."""
