"""Which policy is in force on what, before and after a plan, and what follows from that. Pure."""
