"""Pan modes, pan laws and width as 2×2 matrices from (left, right) in to (left, right) out.

Sources: the pan law as a number is the gain of a centered signal, hard left and right at unity, and "gain compensated"
divides by it (ReaScript API, D_PANLAW: 0.707 is −3 dB, 1.414 is −3 dB with gain compensation); the law acts on stereo
signals, folders and the master too (Cockos wiki, Pan mode; users report the −3 dB that a folder costs). The balance
control at 0 dB attenuates the opposite side linearly.

Exact by these sources: center and hard positions under every law; every position at 0 dB. Not verified on a real
REAPER: the way between center and hard under other laws (its sine, linear and hybrid tapers differ by up to 0.3 dB on
the near and 1.4 dB on the far side at 50 %, for −3 dB), how stereo pan and dual pan place each channel, and that
"classic" equals balance.
"""

import numpy as np
import numpy.typing as npt

from dawassist.session.model import PanMode, Session, Track
from dawassist.units import db_to_gain

Matrices = npt.NDArray[np.float64]
_CONSTANT_POWER_DB = -20.0 * np.log10(np.sqrt(2.0))


def track_pan_law_db(session: Session, track: Track) -> float:
    """The law of a track in dB at center; a positive value is that law with gain compensation (+3: −3 dB law)."""
    return project_pan_law_db(session) if track.pan_law_db is None else track.pan_law_db


def project_pan_law_db(session: Session) -> float:
    """The project's law, in the sign convention of `track_pan_law_db`."""
    return abs(session.pan_law_db) if session.pan_law_compensated else session.pan_law_db


def pan_matrix(
    mode: PanMode, law_db: float, pan: npt.ArrayLike, width: npt.ArrayLike, dual_pan: tuple[float, float]
) -> Matrices:
    """Matrices of shape (..., 2, 2), rows out, columns in, for pans and widths of any common shape.

    Values outside −1..1 are clipped. `law_db` as from `track_pan_law_db`.
    """
    position = np.clip(np.asarray(pan, dtype=np.float64), -1.0, 1.0)
    if mode in ("classic", "balance"):
        return _balance(position, law_db)
    if mode == "dual":
        left, right = (np.clip(np.full_like(position, p), -1.0, 1.0) for p in dual_pan)
        return _placed(left, right, law_db)
    reach = np.clip(np.asarray(width, dtype=np.float64), -1.0, 1.0) * (1.0 - np.abs(position))
    return _placed(position - reach, position + reach, law_db)


def _balance(position: Matrices, law_db: float) -> Matrices:
    """The opposite side fades linearly; both share the law's gain."""
    shared = _law_gain(position, law_db)
    matrix = np.zeros((*position.shape, 2, 2))
    matrix[..., 0, 0] = shared * np.minimum(1.0 - position, 1.0)
    matrix[..., 1, 1] = shared * np.minimum(1.0 + position, 1.0)
    return matrix


def _placed(left: Matrices, right: Matrices, law_db: float) -> Matrices:
    """Each input channel is placed on its own with weights that add up to 1; the law acts on their common center.

    Pan 0 at width 1 passes the channels as balance does; width 0 gives (L + R) / 2 on both sides.
    """
    shared = _law_gain((left + right) / 2.0, law_db)
    matrix = np.empty((*left.shape, 2, 2))
    for channel, position in enumerate((left, right)):
        matrix[..., 0, channel] = shared * (1.0 - position) / 2.0
        matrix[..., 1, channel] = shared * (1.0 + position) / 2.0
    return matrix


def _law_gain(position: Matrices, law_db: float) -> Matrices:
    """From the law's gain at center to unity at hard; over both sides constant power at −3 dB."""
    exponent = -abs(law_db) / _CONSTANT_POWER_DB
    gain = (1.0 + (1.0 - np.abs(position)) ** 2) ** (-0.5 * exponent)
    return np.asarray(gain / db_to_gain(-law_db) if law_db > 0.0 else gain, dtype=np.float64)
