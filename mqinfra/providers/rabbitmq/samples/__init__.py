"""Resources for the conformance suite."""
