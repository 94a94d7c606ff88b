"""The health of what is declared as a page."""
