"""How what is declared is doing, as bytes."""
