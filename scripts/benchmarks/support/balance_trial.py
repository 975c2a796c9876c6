"""A song with scrambled levels, through the product: what it aims at and proposes, and what plain rules would do.

An engineer's session tells the artist's balance nowhere: `raw` has the scramble in its recordings, faders at 0;
`in progress` has recordings of any level, and faders that are scrambled around those that would restore the balance.
Recordings begin one after the other, as those of a session do and bounces do not.
"""

import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from benchmarks.support.repair_sessions import strip_of, write_session
from benchmarks.support.stems import Signal, Song, active_share, excerpt
from demo_session.project import TrackSpec, track_guid

from dawassist.assistant import Assistant
from dawassist.journal import Journal
from dawassist.opening import open_file
from dawassist.plan.brief import Brief
from dawassist.plan.level_prior import LevelRecord, level_prior
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Plan
from dawassist.review import Decisions
from dawassist.session.model import Session
from dawassist.session.targets import Target, TrackTarget
from dawassist.strategies.studio import solved_balance
from dawassist.units import db_to_gain

State = Literal["raw", "in progress"]
FoldersOf = Callable[[Collection[str]], Sequence[tuple[TrackSpec, Collection[str]]]]
SCRAMBLE_DB = 9.0
_HEADROOM_DB = 6.0  # all faders lower by so much: REAPER's end at +12 dB
_ENOUGH = 0.15  # of the stretch: the loudness of a track that plays less says little
_LATEST_SECONDS = 1.0
_SETTINGS = {"raw": "raw", "in progress": "in_progress"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Balanced:
    """Mean distance of a track from the artist's balance, in dB, of every way to balance; all but for a common gain.

    `moves` are the level moves of the plan, `nearer` those that bring their track nearer to the artist.
    """

    song: str
    state: State
    is_taken_so: bool  # by the product
    errors_db: Mapping[str, float]
    moves: int
    nearer: int
    shown: int


def _none(_names: Collection[str]) -> Sequence[tuple[TrackSpec, Collection[str]]]:
    return ()


def write_scrambled(
    song: Song, seed: int, number: int, state: State, seconds: float, folder: Path, folders_of: FoldersOf = _none
) -> tuple[Path, dict[str, float]]:
    """The session, and by how much each track is louder than the artist has it. `folders_of` the names of all."""
    generator = np.random.default_rng([seed, number, *song.name.encode()])
    stems = {name: stem for name, stem in excerpt(song, seconds, generator).items() if active_share(stem) >= _ENOUGH}
    heard_db = generator.uniform(-SCRAMBLE_DB, SCRAMBLE_DB, len(stems))
    recorded_db = heard_db if state == "raw" else generator.uniform(-SCRAMBLE_DB, SCRAMBLE_DB, len(stems))
    late = generator.uniform(0.0, _LATEST_SECONDS, len(stems)).round(2)
    strips = [
        replace(
            strip_of(name, _amplified(stem, gain_db)),
            recorded_seconds=float(start),
            fader_db=0.0 if state == "raw" else round(float(total_db - gain_db) - _HEADROOM_DB, 2),
        )
        for (name, stem), total_db, gain_db, start in zip(stems.items(), heard_db, recorded_db, late, strict=True)
    ]
    guids = [track_guid(song.name, name) for name in stems]
    path = write_session(folder, song.name, strips, folders=folders_of(list(stems)))
    return path, dict(zip(guids, heard_db.tolist(), strict=True))


def run_balance(song: Song, seed: int, number: int, state: State, seconds: float) -> Balanced:
    with tempfile.TemporaryDirectory(prefix="balance-") as temporary:
        folder = Path(temporary)
        path, heard_db = write_scrambled(song, seed, number, state, seconds, folder)
        with open_file(path, out=folder / "balanced.rpp", journal=Journal(folder / "journal.jsonl")) as assistant:
            return _balanced(assistant, song.name, state, heard_db)


def _balanced(assistant: Assistant, song: str, state: State, heard_db: Mapping[str, float]) -> Balanced:
    session, brief = assistant.snapshot(), Brief()
    analysis = assistant.analyze(session, brief)
    plan = assistant.suggest(session, analysis, brief)
    assistant.write_copy(plan, Decisions().accept(each.id for each in plan.recommendations))
    assert analysis.mix_covariance is not None
    now = MixState(session, analysis.mix_covariance)
    lufs = now.track_lufs
    artist = {guid: lufs[guid] - gain_db for guid, gain_db in heard_db.items()}
    aimed = solved_balance(session, analysis, brief).target.faders
    at_target = now.changed({_fader(guid): _gain(session, guid, move_db) for guid, move_db in aimed.items()})
    proposed = now.changed(_written_balance(session, assistant.snapshot())).track_lufs
    levels = {
        "target": at_target.track_lufs, "proposed": proposed, "unity": lufs,
        "equal loudness": dict.fromkeys(artist, 0.0), "role prior": _by_role(session, plan, lufs),
    }  # fmt: skip
    moved = {each.track_guid for each in plan.recommendations if each.kind == "fader"} & artist.keys()
    before, after = (_differences(artist, found) for found in (lufs, proposed))
    return Balanced(
        song=song, state=state, is_taken_so=plan.session_state == _SETTINGS[state],
        errors_db={name: float(np.mean(list(_differences(artist, found).values()))) for name, found in levels.items()},
        moves=len(moved), nearer=sum(after[guid] < before[guid] for guid in moved),
        shown=len({each.card for each in plan.recommendations if not each.is_folded}),
    )  # fmt: skip


def _written_balance(session: Session, written: Session) -> dict[Target, float]:
    """Faders and pans as they were written; a new send to a reverb is no level of its track."""
    after = [track for track in map(written.track, (each.guid for each in session.tracks)) if track is not None]
    pans: dict[Target, float] = {TrackTarget(track_guid=track.guid, field="pan"): track.pan for track in after}
    return pans | {_fader(track.guid): db_to_gain(track.fader_db) for track in after}


def _differences(artist: Mapping[str, float], found: Mapping[str, float]) -> dict[str, float]:
    """Of every track, but for what is common to all."""
    differences = {guid: found[guid] - level for guid, level in artist.items()}
    common = float(np.median(list(differences.values())))
    return {guid: abs(each - common) for guid, each in differences.items()}


def _by_role(session: Session, plan: Plan, lufs: Mapping[str, float]) -> dict[str, float]:
    """The levels of the prior alone, of the roles that the product gives the tracks, recorded levels as they are."""
    tracks = [track for track in session.tracks if track.guid in lufs]
    roles = [plan.role(track.guid) for track in tracks]
    records = [
        LevelRecord(role=role.role if role else "unknown", raw_lufs=lufs[track.guid] - track.fader_db)
        for track, role in zip(tracks, roles, strict=True)
    ]
    return {track.guid: each.level_lu for track, each in zip(tracks, level_prior(records, trust=1.0), strict=True)}


def _fader(guid: str) -> Target:
    return TrackTarget(track_guid=guid, field="fader_gain")


def _gain(session: Session, guid: str, move_db: float) -> float:
    track = session.track(guid)
    assert track is not None
    return db_to_gain(track.fader_db + move_db)


def _amplified(stem: Signal, gain_db: float) -> Signal:
    return np.asarray(stem * db_to_gain(gain_db), dtype=np.float32)
