"""Where a Kafka cluster keeps records, and its lock: a compacted topic of one partition per owner."""
