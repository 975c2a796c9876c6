"""What REAPER renders and measures for us on request: stems, kept on disk, and the check of our loudness."""
