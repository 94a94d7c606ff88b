"""Alert rules for Prometheus from a topology and its promises, with tests of them and a page about each."""
