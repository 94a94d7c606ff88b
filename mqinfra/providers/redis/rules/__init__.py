"""What is wrong with what is declared, by what Redis makes of it. One file = one rule with its code."""
