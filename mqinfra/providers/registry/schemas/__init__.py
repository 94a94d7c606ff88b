"""Schemas as text: parsed per type, what they mean, and where in the text their parts stand."""
