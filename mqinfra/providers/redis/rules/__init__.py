"""What is wrong with what is declared, by what Redis makes of it. One file = the rules about one thing."""
