"""Load that is offered at a rate, and what is measured of it."""
