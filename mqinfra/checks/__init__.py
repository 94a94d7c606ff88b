"""Rules over a whole plan: one file = one rule with its code, a bad and a good example."""
