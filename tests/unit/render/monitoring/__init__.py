"""The health of what is declared, as bytes."""
