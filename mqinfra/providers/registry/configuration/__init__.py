"""The kind `configuration`: what holds for every subject that says nothing else."""
