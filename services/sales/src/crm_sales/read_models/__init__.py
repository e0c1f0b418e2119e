"""What people see of sales."""
