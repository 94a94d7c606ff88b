"""How what is declared is doing, by samples of it. Pure, but for what takes the samples."""
