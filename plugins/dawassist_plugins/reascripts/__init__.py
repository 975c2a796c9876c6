"""Scripts that run inside REAPER: standard library only."""
