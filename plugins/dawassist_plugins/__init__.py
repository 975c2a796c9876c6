"""Parts that run inside REAPER, and data that describes plug-ins."""
