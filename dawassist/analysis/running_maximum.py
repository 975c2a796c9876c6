"""The highest of the values around each."""

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float32]


def running_maximum(values: Values, size: int) -> Values:
    """Of `size` neighbors along the last axis (an odd number, itself in the middle), fewer at the ends.

    Windows of twice the length are made of two, again and again.
    """
    reach, count = size // 2, values.shape[-1]
    best = np.full((*values.shape[:-1], count + 2 * reach), -np.inf, dtype=np.float32)
    best[..., reach : reach + count] = values
    covered = 1
    while 2 * covered <= size:
        best = np.maximum(best[..., :-covered], best[..., covered:])
        covered *= 2
    rest = size - covered
    return np.maximum(best[..., :count], best[..., rest : rest + count])
