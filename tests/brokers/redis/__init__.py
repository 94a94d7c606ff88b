"""Redis and Valkey: one node, a primary with a replica, Sentinel, or a Cluster."""
