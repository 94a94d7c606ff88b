"""The kind `topics`: what it looks like, how it is compared, read and written."""
