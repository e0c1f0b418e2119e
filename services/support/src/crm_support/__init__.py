"""Support keeps every problem of a customer in one place and tells everybody: what was asked or complained about,
who has it, what was answered, or why there is no answer yet; how the service was rated; and which visits are due
after a sale."""
