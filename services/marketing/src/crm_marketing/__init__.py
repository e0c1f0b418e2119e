"""Marketing: campaigns from plan over approval to launch, their messages, and what they brought."""
