"""Nodes to declarations: layers, binding to typed specs, sugar, and the lines that consent."""
