"""From desired and live to a plan, and from a plan to a cluster that looks like it. Knows no broker."""
