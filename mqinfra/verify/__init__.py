"""`mqinfra verify`: messages through the live topology, a history of all that was done, and judgements made of it."""
