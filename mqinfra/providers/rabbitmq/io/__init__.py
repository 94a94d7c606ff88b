"""Reading and writing kinds in bulk, through the clients of `api`."""
