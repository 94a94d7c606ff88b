"""The command line. One file = one command; only wiring, exit codes and the console live here."""
