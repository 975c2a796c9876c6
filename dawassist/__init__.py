"""A mixing assistant for REAPER.

Reads the open session, listens to every track, proposes a short list of moves with reasons, and applies what
the engineer accepts as one undo step. Importing this package opens no socket, starts no thread, touches no file.
"""

__version__ = "0.1.0"
