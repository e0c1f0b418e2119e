"""What marketing decides: campaigns, their audience and words, and the message to each customer."""
