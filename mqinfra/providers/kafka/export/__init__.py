"""Resources of Kafka in other tools' words, one file for each format."""
