"""What an editor makes of the schemas: a real yaml-language-server, without an editor."""
