"""What support decides: cases, ratings, visits, and the rule that assigns a case."""
