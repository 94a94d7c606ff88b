"""Spools for mqinfra: a broker that is a folder, with a folder per queue and a file per message."""
