"""Store, relay, log and projectors in one thread under a seeded scheduler that cuts, repeats, reorders and kills."""
