"""What people at the desks see of support."""
