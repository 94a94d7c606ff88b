"""Scripts that a team keeps, from templates beside this."""
