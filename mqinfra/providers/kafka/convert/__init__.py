"""What Kafka takes from manifests of other tools, one file for each format."""
