"""The end of the mix against the brief's loudness, and where it was measured: advice, the master's controls stay.

Peaks matter only here, where the float path ends. Without a target in the brief nothing is said. In post-production the
target counts while dialogue is heard: loudness of the whole mix in those blocks alone.
"""

import numpy as np

from dawassist.analysis.loudness import gated_lufs
from dawassist.plan.material import speakers
from dawassist.plan.mix_problem import Situation
from dawassist.plan.model import LeftOut

CEILING_DBTP = -1.0  # EBU R 128
LEAST_GAP_LU = 0.5
_SPEAKS_DB = 15.0  # a block counts as dialogue when it lies at most this far under the loudest tenth


def master_advice(situation: Situation) -> tuple[LeftOut, ...]:
    """One sentence where the mix lies at least half a LU from the target."""
    target_lufs, loudness = situation.brief.target_loudness_lufs, situation.analysis.mix_loudness
    mix_lufs, gate = _measured(situation)
    master = situation.mix.session.master
    if target_lufs is None or loudness is None or abs(target_lufs - mix_lufs) < LEAST_GAP_LU:
        return ()
    gap_lu = target_lufs - mix_lufs
    if master.fx_enabled and any(fx.enabled and not fx.offline for fx in master.fx):
        reason = (
            f"The mix into the master's plug-ins measures {mix_lufs:.1f} LUFS{gate}; the brief's {target_lufs:.1f} "
            "LUFS count after them, which is not heard here. To be measured and set by hand there."
        )
    else:
        peaks = _up_to_peaks(gap_lu, loudness.true_peak_dbtp)
        reason = (
            f"At the master's output, without plug-ins, the mix measures {mix_lufs:.1f} LUFS{gate}: the brief's "
            f"{target_lufs:.1f} LUFS take {gap_lu:+.1f} dB on the master's fader{peaks}."
        )
    return (LeftOut(track_guid=master.guid, track_name=master.display_name, reason=reason, by_hand=True),)


def _measured(situation: Situation) -> tuple[float, str]:
    """The loudness that a target counts for, and how it was gated, in words."""
    mix = situation.mix
    if situation.material.kind != "post":
        return mix.mix_lufs, ""
    talking = [track.guid for track in speakers(mix.session, situation.analysis, situation.roles)]
    dialogue = mix.part_powers(talking) if talking else np.zeros(0)
    if dialogue.max(initial=0.0) <= 0.0:
        return mix.mix_lufs, ", with no dialogue to gate it by"
    loud = np.percentile(dialogue[dialogue > 0.0], 90)
    speaks = dialogue > loud * 10.0 ** (-_SPEAKS_DB / 10.0)
    weights = np.broadcast_to(mix.covariance.weights, len(speaks))
    lufs = gated_lufs(mix.powers[speaks], weights[speaks])
    return lufs, f" while dialogue is heard ({float(np.mean(speaks)):.0%} of the time)"


def _up_to_peaks(gap_lu: float, true_peak_dbtp: float) -> str:
    room_db = CEILING_DBTP - true_peak_dbtp
    if gap_lu <= room_db:
        return f", its peaks then reach {true_peak_dbtp + gap_lu:.1f} dBTP"
    return (
        f"; its peaks of {true_peak_dbtp:.1f} dBTP reach {CEILING_DBTP:.0f} dBTP after {room_db:+.1f} dB, "
        f"and the other {gap_lu - room_db:.1f} dB take a limiter"
    )
