"""Checks that know no broker, one file each."""
