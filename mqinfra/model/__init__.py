"""The vocabulary: pure, frozen types that every other package speaks in. It imports nobody."""
