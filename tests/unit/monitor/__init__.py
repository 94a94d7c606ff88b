"""What is watched, how it is judged, and what is shown of it."""
