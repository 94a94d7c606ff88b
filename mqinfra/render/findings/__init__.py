"""What was found, in the formats of those who show it beside the code: one file each, and what they share."""
