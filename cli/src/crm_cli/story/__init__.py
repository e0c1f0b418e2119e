"""The story that must always work, and many customers like it."""
