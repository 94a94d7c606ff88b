"""What a verification concluded, as bytes: one file per format."""
