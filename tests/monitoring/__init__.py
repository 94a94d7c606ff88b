"""Alert rules and dashboards held against the programs that read them."""
