"""What marketing sees: its campaigns and their messages, what they brought, and whom it may write to."""
