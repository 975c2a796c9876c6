"""Temporary arrays come and go with every block; their memory stays with the program."""

import numpy as np

_LARGEST_BYTES = 31 * 2**20  # glibc follows blocks of up to 32 MiB


def keep_freed_memory() -> None:
    """Let the C library of Linux keep up to 62 MiB of what is freed.

    By default it gives arrays of a megabyte back to the system at once, which clears the pages before it lends them
    again: a third of the time of a pass. Its limit grows to the size of the largest block freed so far, twice that for
    what is kept (mallopt(3), M_MMAP_THRESHOLD). The block is never touched; elsewhere this does nothing.
    """
    np.empty(_LARGEST_BYTES, dtype=np.uint8)
