"""Speech: every speaker as loud as the others, as heard. No pan, no reverb, no masking equalizer, no priors of music.

Levels are those at the master: a mono file that plays on both sides is 3 LU louder there than on one.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from dawassist.intents import LevelIntent
from dawassist.plan.draft import Proposal
from dawassist.plan.material import speakers
from dawassist.plan.mix_problem import Situation, is_driven
from dawassist.plan.model import Rationale
from dawassist.plan.objects import MixObject
from dawassist.plan.rationale import shortened, with_what_held
from dawassist.plan.roles import FIRM
from dawassist.session.findings import Evidence, PlotSeries
from dawassist.strategies.studio.balance import Moves
from dawassist.units import SILENCE_DB, counted

LEAST_GAP_LU = 1.0  # between speakers; nearer than that none is heard to be louder
LARGEST_MOVE_DB = 12.0
BED_UNDER_LU = 7.0  # the least that music lies under speech
_CONFIDENCE = 0.9
_BED_CONFIDENCE = 0.6
_OUTSIDE_OF_THE_MIX = frozenset({"reference", "click"})
_BARE_SHARE = 0.2  # of its time: a bed that is bare for longer is an intro, too
_PLAYS_DB = 15.0


def speech_corrections(situation: Situation, moves: Moves | None = None) -> tuple[Proposal, ...]:
    """`moves`, where given, are what the wanted moves became together."""
    talking = {track.guid for track in speakers(situation.mix.session, situation.analysis, situation.roles)}
    voices = [each for each in situation.objects if talking & set(each.guids)]
    levels = {each.guids: situation.mix.part_lufs(each.guids) for each in voices}
    heard = [each for each in voices if levels[each.guids] > SILENCE_DB]
    if not heard:
        return ()
    wanted_lufs = _wanted_lufs(situation, [levels[each.guids] for each in heard])
    made = [
        _leveled(each, levels[each.guids], wanted_lufs, len(heard), moves)
        for each in heard
        if len(heard) > 1 or situation.brief.target_loudness_lufs is not None
    ]
    beds = _beds(situation, heard, wanted_lufs, moves)
    return tuple(each for each in (*made, *beds) if each is not None)


def _wanted_lufs(situation: Situation, levels: Sequence[float]) -> float:
    """The brief's loudness where nothing on the master changes it, else the middle of the speakers."""
    target_lufs = situation.brief.target_loudness_lufs
    if target_lufs is not None and not is_driven(situation.mix.session.master):
        return target_lufs
    return float(np.median(levels))


def _leveled(each: MixObject, lufs: float, wanted_lufs: float, count: int, moves: Moves | None) -> Proposal | None:
    gap_lu = wanted_lufs - lufs
    if abs(gap_lu) < LEAST_GAP_LU:
        return None
    wanted_db = float(np.clip(gap_lu, -LARGEST_MOVE_DB, LARGEST_MOVE_DB))
    move_db = round(wanted_db, 1) if moves is None else moves.faders.get(each.guids[0], 0.0)
    if move_db * wanted_db <= 0.0:
        return None
    where = "under" if gap_lu > 0.0 else "over"
    reason = Rationale(
        headline=f"{shortened(each.name)}: {abs(gap_lu):.1f} LU {where} the level of the speakers",
        evidence=(
            Evidence(text=f"Heard at {lufs:.1f} LUFS at the master while it speaks.", value=lufs, unit="LUFS"),
            Evidence(
                text=f"The level for all of {counted(count, 'speaker')} is {wanted_lufs:.1f} LUFS.",
                value=wanted_lufs, unit="LUFS",
            ),
            Evidence(
                text="Both sides count as they are heard: on one side alone the same file is 3 LU quieter.",
                value=3.0, unit="LU",
            ),
        ),
        sources=("ITU-R BS.1770-4, gated",),
        plot_kind="loudness_bars",
        plot=tuple(
            PlotSeries(label=label, x=(0.0,), y=(level,))
            for label, level in ((each.name, lufs), ("speakers", wanted_lufs))
        ),
    )  # fmt: skip
    return Proposal(
        intents=tuple(LevelIntent(track_guid=guid, gain_db=move_db) for guid in each.guids),
        reason_class="speaker_level",
        basis="corrective",
        confidence=_CONFIDENCE,
        rationale=reason if moves is None else with_what_held(reason, round(wanted_db, 1), move_db),
        card="speakers",
        is_final=moves is not None and moves.is_final,
    )


def _beds(
    situation: Situation, voices: Sequence[MixObject], wanted_lufs: float, moves: Moves | None
) -> Iterator[Proposal | None]:
    """Music that lies too near under the voices, where it plays under them for most of its time."""
    talking = {guid for each in voices for guid in each.guids}
    for each in situation.objects:
        is_outside = each.role.role in _OUTSIDE_OF_THE_MIX and each.role.confidence >= FIRM
        if is_outside or talking & set(each.guids):
            continue
        speech, bed = (_powers(situation, guids) for guids in (sorted(talking), each.guids))
        speaks, plays = (_on(powers) for powers in (speech, bed))
        both = speaks & plays
        if not both.any() or float(np.mean(~speaks[plays])) > _BARE_SHARE:
            continue
        bed_lufs = -0.691 + 10.0 * np.log10(float(bed[both].mean()))
        under_lu = wanted_lufs - bed_lufs
        if under_lu >= BED_UNDER_LU:
            continue
        wanted_db = round(max(under_lu - BED_UNDER_LU, -LARGEST_MOVE_DB), 1)
        move_db = wanted_db if moves is None else moves.faders.get(each.guids[0], 0.0)
        if move_db < 0.0:
            yield Proposal(
                intents=tuple(LevelIntent(track_guid=guid, gain_db=move_db) for guid in each.guids),
                reason_class="bed_under_speech",
                basis="taste",
                confidence=_BED_CONFIDENCE,
                rationale=_bed_rationale(each, bed_lufs, under_lu, wanted_lufs),
                is_final=moves is not None and moves.is_final,
            )


def _bed_rationale(each: MixObject, bed_lufs: float, under_lu: float, wanted_lufs: float) -> Rationale:
    return Rationale(
        headline=f"{shortened(each.name)} lies {under_lu:.1f} LU under the speech",
        evidence=(
            Evidence(
                text=f"{bed_lufs:.1f} LUFS while someone speaks, the speakers {wanted_lufs:.1f} LUFS.",
                value=bed_lufs, unit="LUFS",
            ),
            Evidence(
                text=f"A bed under speech lies {BED_UNDER_LU:.0f} to 15 LU under it; the move ends at the nearer end.",
                value=BED_UNDER_LU, unit="LU",
            ),
        ),
        sources=("practice of broadcasters",),
    )  # fmt: skip


def _powers(situation: Situation, guids: Sequence[str]) -> np.ndarray:
    return situation.mix.part_powers(guids)


def _on(powers: np.ndarray) -> np.ndarray:
    if powers.max(initial=0.0) <= 0.0:
        return np.zeros(len(powers), dtype=np.bool_)
    loud = np.percentile(powers[powers > 0.0], 90)
    return np.asarray(powers > loud * 10.0 ** (-_PLAYS_DB / 10.0))
