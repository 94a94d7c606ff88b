"""The kind `quotas`: what brokers let users, client ids and addresses do at most."""
