"""Records and the lock on Redis: a hash per project and environment, and a key beside it in the same slot."""
