"""What people at the counters see of loyalty."""
