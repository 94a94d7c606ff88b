"""How late a machine may be that does a lot at once: bounds in tests find what hangs, and judge no speed."""

LATE = 10.0
"""Seconds to add to the time after which something has to end. What tests let hang goes on for longer than that."""
