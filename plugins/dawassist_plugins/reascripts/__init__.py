"""What runs inside REAPER: the hardened server and the agent. Standard library only, nothing of ours is imported.

The modules import each other by this package's name; `dawassist_plugins.bundle` joins them into one script and
renames the package, since REAPER runs one file.
"""
