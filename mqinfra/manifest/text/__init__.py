"""Bytes to nodes and back: files, YAML with positions, and the guards against what a file may do to the reader."""
