"""Faults on purpose: crashes at any request, and what else goes wrong between mqinfra and a broker."""
