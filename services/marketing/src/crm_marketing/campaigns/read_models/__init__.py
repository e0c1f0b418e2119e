"""Read models of campaigns: the campaigns, what they brought, and the audience they may write to."""
