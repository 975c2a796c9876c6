"""The frozen snapshot of a REAPER session; every adapter produces equal values for equal projects."""
