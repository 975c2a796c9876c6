"""Project files of REAPER: a byte-preserving line tree, and the state chunks of stock plug-ins."""
