"""From facts of an examination to what is probably behind them: a file per symptom."""
