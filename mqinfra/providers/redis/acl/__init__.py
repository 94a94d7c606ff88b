"""What ACL rules mean: commands, categories, key patterns, and how far rights reach. Pure."""
