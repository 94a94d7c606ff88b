"""What resources look like, in manifests and on the server, and what the server would refuse of them. Pure."""
