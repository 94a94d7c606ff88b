"""The pipelines of examples/ci, run step by step."""
