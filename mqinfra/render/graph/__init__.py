"""Pictures of a topology: Mermaid, DOT and SVG; one file per format over one picture."""
