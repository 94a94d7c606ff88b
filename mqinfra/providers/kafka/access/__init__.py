"""`access`: what a client is for, as the exact ACLs that it needs."""
