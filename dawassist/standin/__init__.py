"""A stand-in REAPER host process: reapy's real server, or ours, over a session loaded from a .RPP file.

It has never met a real REAPER. What it does follows public documents; what it does not model, it refuses by name.
"""
