"""The commands of `mqinfra monitor`."""
