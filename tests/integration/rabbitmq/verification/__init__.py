"""What canaries prove of queues and exchanges on real servers."""
