"""The gain curves of item fades.

The seven shapes are those of REAPER's C_FADEINSHAPE as scripts draw them: linear, fast start, fast end, steeper forms
of both, and two S-curves. The effect of the curvature (D_FADEINDIR) is our approximation: it bends the shape by the
exponent 4^−curvature; not checked against a real REAPER.
"""

import numpy as np
import numpy.typing as npt

from dawassist.session.model import Fade

Curve = npt.NDArray[np.float64]


def fade_curve(fade: Fade, position: Curve) -> Curve:
    """Gain 0..1 at `position` 0..1 of a fade-in; a fade-out is the same curve seen from its end."""
    x = np.clip(position, 0.0, 1.0)
    bent: Curve = x ** (4.0**-fade.curvature) if fade.curvature else x
    return _shaped(fade.shape, bent)


def _shaped(shape: int, x: Curve) -> Curve:
    if shape == 1:
        return x * (2.0 - x)
    if shape == 2:
        return x * x
    if shape == 3:
        return 1.0 - (1.0 - x) ** 4
    if shape == 4:
        return x**4
    if shape == 5:
        return x * x * (3.0 - 2.0 * x)
    if shape == 6:
        return np.where(x < 0.5, 8.0 * x**4, 1.0 - 8.0 * (1.0 - x) ** 4)
    return x
