"""Marketing says the right word to the right customer, and measures it: campaigns from plan over approval to launch,
one message at most to each customer of the audience, who was left out and why, and what the campaign brought."""
