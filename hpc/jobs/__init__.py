"""Job templates: batch scripts for Slurm and the small programs that they run."""
