"""The nine considerations of the field for automatic mixing, each as an acceptance test on the product's code path.

What is tested at length elsewhere is asserted here once, small: 10,000 constraint sets in `plan/test_constraints`,
undo in `test_apply`, console recovery in `analysis/test_rough_mix` and `scripts/bench rough-mix`, prediction in
`scripts/bench prediction`, times in `scripts/bench solve` and `analysis`.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from benchmarks.support.independent_render import IndependentRender
from benchmarks.support.prediction_measures import loudness_lufs
from benchmarks.support.prediction_trial import compare_plan
from benchmarks.support.written_project import read_written
from demo_session.project import ItemSpec, SessionSpec, TrackSpec, project_text

from dawassist.analysis.listening import Listener
from dawassist.analysis.model import TrackAnalysis
from dawassist.audio.tracks import TrackReader
from dawassist.console.chain import chain_of
from dawassist.console.render import render_mix
from dawassist.journal import Journal
from dawassist.opening import open_file
from dawassist.plan.brief import Brief
from dawassist.plan.codec import plan_to_json
from dawassist.plan.constraints import Limit, Lock, Order
from dawassist.plan.mix_state import MixState
from dawassist.plan.model import Plan
from dawassist.plan.roles import FIRM
from dawassist.realize.demands import balance_of
from dawassist.realize.plan import realize
from dawassist.review import Decisions
from dawassist.session.model import Session, Track
from dawassist.strategies.studio import Studio
from dawassist.strategies.technical import with_technical
from tests.analyses import Sound, make_analysis
from tests.sessions import make_guid, make_item, make_session, make_track
from tests.tools import make_eq

RATE, SECONDS = 24000, 8
PARTS = {"Kick": 0.30, "Bass": 0.14, "Gtr": 0.12, "Keys": 0.10, "Lead Vox": 0.02}  # RMS while it plays
NAMES = ("Kick", "Snare", "Tom", "Bass", "Gtr L", "Gtr R", "Keys", "Organ", "BGV", "Lead Vox")
LEVELS = (-34, -33, -18, -31, -22, -22, -14, -24, -30, -30)


def band(count: int = len(NAMES), *, names: Sequence[str] = NAMES, fader_db: float = 0.0) -> Session:
    """`count` tracks, names and levels in turn; raw unless `fader_db` says otherwise."""
    return make_session([_band_track(place, names, fader_db) for place in range(count)])


def _band_track(place: int, names: Sequence[str], fader_db: float) -> Track:
    name = names[place % len(names)] + (f" {place // len(names) + 1}" if place >= len(names) else "")
    return make_track(number=place + 1, name=name, items=[make_item("a.wav")], fader_db=fader_db)


def suggested(session: Session, brief: Brief | None = None, sounds: dict[str, Sound] | None = None) -> Plan:
    """What `suggest` gives, of tracks at `LEVELS` in turn unless `sounds` say otherwise by name."""
    brief = brief or Brief()
    playing = [track for track in session.tracks if track.items]
    levels = {t.name: Sound(lufs=float(LEVELS[_place(t) % len(LEVELS)])) for t in playing}
    analysis = make_analysis(session, levels | (sounds or {}))
    draft = with_technical(session, analysis, brief, Studio().suggest(session, analysis, brief))
    return realize(session, analysis, brief, draft, strategy=Studio.name)


def _place(track: Track) -> int:
    return int(track.guid.strip("{}").rpartition("-")[2]) - 1


def moves(plan: Plan) -> dict[tuple[str, str], float]:
    return {(r.track_guid, r.kind): r.change.after - r.change.before for r in plan.recommendations}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session in progress with real files: the lead is buried, the bass is panned away."""
    folder = tmp_path_factory.mktemp("nine")
    generator = np.random.default_rng(3)
    tracks = []
    for name, level in PARTS.items():
        plays = np.repeat(generator.choice([0.2, 0.6, 1.0], 4 * SECONDS), RATE // 4)
        soundfile.write(folder / f"{name}.wav", level * plays * generator.standard_normal(len(plays)), RATE, "FLOAT")
        item = ItemSpec(media=f"{name}.wav", position=0.0, length=float(SECONDS), fade_in=0.0, fade_out=0.0)
        pan = 1.0 if name == "Bass" else 0.0
        tracks.append(TrackSpec(key=name, name=name, color=(0, 0, 0), fader_db=-8.0, pan=pan, items=(item,)))
    spec = SessionSpec(name="nine", bpm=120.0, rate_hz=RATE, tracks=tuple(tracks))
    path = folder / "nine.rpp"
    path.write_text(project_text(spec), encoding="utf-8", newline="\n")
    return path


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAWASSIST_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("DAWASSIST_DATA_DIR", str(tmp_path / "data"))


def applied(project: Path, out: Path, *, is_all: bool = True) -> Plan:
    with open_file(project, out=out, journal=Journal(out.with_suffix(".jsonl"))) as assistant:
        session = assistant.snapshot()
        plan = assistant.suggest(session, assistant.analyze(session, Brief()), Brief())
        assistant.write_copy(plan, Decisions().accept(r.id for r in plan.recommendations if is_all))
    return plan


class TestInterpretability:
    """Every change: track, control of the DAW, old, new, unit, evidence, prediction, rule, confidence; and its words
    hold its numbers, and a re-render agrees."""

    def test_every_record_is_whole_and_its_numbers_are_in_its_words(self, project: Path, tmp_path: Path) -> None:
        plan = applied(project, tmp_path / "out.rpp")
        with open_file(project) as assistant:
            data = json.loads(json.dumps(plan_to_json(plan, assistant.snapshot())))
        assert {r["kind"] for r in data["recommendations"]} >= {"fader", "pan"}
        for record in data["recommendations"]:
            assert record["track"]["guid"]
            assert record["target"]["param_ident"]
            assert record["before"] != record["after"]
            assert record["unit"]
            assert record["reason_class"]
            assert record["predicted"]["metric"]
            assert 0.0 < record["confidence"] <= 1.0
            assert record["rationale"]["evidence"]
            for line in record["rationale"]["evidence"]:
                assert _says(line["text"], line["value"])

    def test_a_render_that_shares_no_code_agrees(self, project: Path, tmp_path: Path) -> None:
        compared = [each for each in compare_plan(project, "nine", tmp_path) if "loudness" in each.metric]
        assert compared
        assert [each.predicted for each in compared] == pytest.approx([each.measured for each in compared], abs=0.3)


def _says(text: str, value: float) -> bool:
    said = [abs(float(number)) for number in re.findall(r"\d+(?:\.\d+)?", text)]
    return not value or any(abs(abs(value) * scale - number) <= 0.51 for number in said for scale in (1.0, 100.0))


class TestControllability:
    """Locks and limits hold, strength scales, what is rejected stays away and leaves the rest, one step undoes."""

    @pytest.mark.parametrize("seed", range(12))
    def test_random_locks_and_limits_are_never_broken(self, seed: int) -> None:
        generator = np.random.default_rng(seed)
        locked, limited = generator.permutation(NAMES)[:2]
        most = float(generator.uniform(0.5, 3.0))
        demands = (Lock(tracks=(locked,), parameter="all"), Limit(tracks=(limited,), most=most))
        for recommendation in suggested(band(), Brief(constraints=demands)).recommendations:
            assert recommendation.track_name != locked
            if recommendation.track_name == limited and recommendation.kind == "fader":
                assert abs(recommendation.change.after - recommendation.change.before) <= most + 1e-6

    def test_moves_grow_with_the_strength_from_none_to_all(self) -> None:
        plans = [moves(suggested(band(), Brief(strength=strength))) for strength in (0.0, 0.4, 0.7, 1.0)]
        assert plans[0] == {}
        assert plans[-1]
        for weaker, stronger in pairwise(plans):
            assert all(abs(way) <= abs(stronger[control]) + 0.1 for control, way in weaker.items())

    def test_a_rejected_card_stays_away_and_the_others_stand(self) -> None:
        session = in_progress()
        first = suggested(session)
        cards = list(first.cards())
        assert len(cards) > 1
        for card in cards:
            rejected = {r.id for r in card}
            again = suggested(session, Brief(rejected=frozenset(rejected)))
            assert not rejected & {r.id for r in again.recommendations}
            left = {(r.track_guid, r.kind) for r in first.recommendations} - {(r.track_guid, r.kind) for r in card}
            ways, before = moves(again), moves(first)
            room = {(r.track_guid, r.kind) for r in again.recommendations if r.reason_class == "hidden_lead"}
            assert left <= ways.keys(), "the loudness that the card took may go to the others, not their direction"
            assert ways.keys() - left <= room, "what gives way to the lead may be another track"
            assert all(ways[control] * before[control] > 0.0 for control in left)

    def test_one_step_takes_everything_back_to_the_byte(self, project: Path, tmp_path: Path) -> None:
        out = tmp_path / "out.rpp"
        with open_file(project, out=out, journal=Journal(tmp_path / "journal.jsonl")) as assistant:
            session = assistant.snapshot()
            plan = assistant.suggest(session, assistant.analyze(session, Brief()), Brief())
            assistant.write_copy(plan, Decisions().accept(r.id for r in plan.recommendations))
            assert out.read_bytes() != project.read_bytes()
            assert assistant.revert().outcome == "undone"
            assert assistant.snapshot().tracks == session.tracks
        assert not out.exists() or out.read_bytes() == project.read_bytes()


def in_progress() -> Session:
    """Faders set, the bass and the kick panned away: moves for named reasons, on cards of their own."""
    session = band(fader_db=-6.0)
    aside = {"Bass": 1.0, "Kick": -1.0}
    return replace(session, tracks=tuple(replace(t, pan=aside.get(t.name, 0.0)) for t in session.tracks))


class TestContext:
    """What the engineer intends changes the list in proportion; without an intent runs are the same."""

    def test_a_reference_with_the_lead_up_by_3_db_brings_it_up_by_3_db(self, project: Path, tmp_path: Path) -> None:
        lead_db = []
        for up_db in (0.0, 3.0):
            bounce = tmp_path / f"{up_db}.wav"
            gains = {
                name: 10.0 ** ((up_db * (name == "Lead Vox") + 6.0 * (name == "Lead Vox")) / 20.0) for name in PARTS
            }
            parts = [gains[name] * soundfile.read(project.with_name(f"{name}.wav"))[0] for name in PARTS]
            soundfile.write(bounce, np.repeat(np.sum(parts, axis=0)[:, None], 2, axis=1), RATE, "FLOAT")
            brief = Brief(strategy="rough-mix", rough_mix=str(bounce))
            with open_file(project) as assistant:
                session = assistant.snapshot()
                plan = assistant.suggest(session, assistant.analyze(session, brief), brief)
            after = {r.track_name: r.change.after for r in plan.recommendations if r.kind == "fader"}
            lead_db.append(after["Lead Vox"])
        assert lead_db[1] - lead_db[0] == pytest.approx(3.0, abs=0.5)

    def test_another_intent_gives_another_list_and_none_gives_the_same(self) -> None:
        plain, again = suggested(band()), suggested(band())
        up = suggested(band(), Brief(constraints=(Order(above=("role:lead_vocal",), below=("BGV",), by_db=8.0),)))
        assert plain == again
        assert moves(up) != moves(plain)


class TestEfficiency:
    """What is heard once is not heard again: a verdict costs no audio, a changed track only its own."""

    def test_another_plan_reads_no_audio(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with open_file(project) as assistant:
            session = assistant.snapshot()
            analysis = assistant.analyze(session, Brief())
            monkeypatch.setattr("dawassist.audio.tracks.TrackReader.blocks", _no_audio)
            plan = assistant.suggest(session, analysis, Brief())
            locked = frozenset({plan.recommendations[0].track_guid})
            assert assistant.suggest(session, analysis, Brief(locked_tracks=locked)) != plan
            assert analysis.covariance is not None
            assert MixState(session, analysis.covariance).mix_lufs < 0.0

    def test_of_a_session_with_one_changed_track_only_that_one_is_measured(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        measured: set[str] = set()
        results = Listener.analysis

        def noted(listener: Listener) -> TrackAnalysis:
            measured.add(listener.track.name)
            return results(listener)

        monkeypatch.setattr(Listener, "analysis", noted)
        with open_file(project) as assistant:
            session = assistant.snapshot()
            first = assistant.analyze(session, Brief())
            assert measured == set(PARTS)
            measured.clear()
            item = replace(session.tracks[2].items[0], level_db=-3.0)
            changed = replace(session.tracks[2], items=(item,))
            tracks = (*session.tracks[:2], changed, *session.tracks[3:])
            again = assistant.analyze(replace(session, tracks=tracks), Brief())
        assert measured == {changed.name}
        assert [after for after, before in zip(again.tracks, first.tracks, strict=True) if after != before] == [
            again.tracks[2]
        ]
        before, after = first.tracks[2].loudness, again.tracks[2].loudness
        assert before is not None
        assert after is not None
        assert after.integrated_lufs == pytest.approx(before.integrated_lufs - 3.0, abs=0.01)

    def test_covariances_of_representative_blocks_stay_in_their_memory(self) -> None:
        from dawassist.analysis.covariance import MEMORY_LIMIT_BYTES, REPRESENTATIVE_BLOCKS

        channels = 2 * 128
        fitting = MEMORY_LIMIT_BYTES // (4 * channels**2)
        assert MEMORY_LIMIT_BYTES <= 2**30
        assert min(fitting, REPRESENTATIVE_BLOCKS) > 100


def _no_audio(*_: object) -> None:
    raise AssertionError("Audio was read.")


class TestPermutationInvariance:
    """The order of tracks and their names, where roles are known, decide nothing."""

    def test_twenty_shuffles_give_the_same_moves(self) -> None:
        session = band()
        plain = moves(suggested(session))
        assert plain
        for seed in range(20):
            order = np.random.default_rng(seed).permutation(len(session.tracks))
            shuffled = [replace(session.tracks[place], number=n) for n, place in enumerate(order, start=1)]
            found = moves(suggested(replace(session, tracks=tuple(shuffled))))
            assert found.keys() == plain.keys()
            assert [found[control] for control in plain] == pytest.approx(list(plain.values()), abs=1e-9)

    def test_new_names_change_nothing_where_roles_are_pinned(self) -> None:
        session = band(names=[name for name in NAMES if not name.startswith("Gtr")])  # L and R say more than a role
        roles = tuple((role.track_guid, role.role) for role in suggested(session).roles)
        renamed = replace(session, tracks=tuple(replace(t, name=f"Audio {t.number}") for t in session.tracks))
        pinned = Brief(pinned_roles=roles)
        assert moves(suggested(renamed, pinned)) == moves(suggested(session, pinned))


class TestInputTaxonomy:
    """Names that say nothing, in any language, or the wrong thing."""

    @pytest.mark.parametrize("names", [("Track 12",), ("Caixa", "Violão", "コーラス", "Малый"), ("", "???", "01")])
    def test_any_names_are_planned_and_unclear_roles_use_no_rule_of_a_role(self, names: Sequence[str]) -> None:
        plan = suggested(band(8, names=names, fader_db=-6.0))
        unclear = {role.track_guid for role in plan.roles if role.confidence < FIRM}
        assert len(plan.roles) == 8
        assert not unclear & {r.track_guid for r in plan.recommendations if r.basis != "technical"}

    def test_a_kick_that_is_labeled_a_vocal_is_doubted_and_spoils_nothing_else(self) -> None:
        session = in_progress()
        guid = session.tracks[0].guid
        tracks = (replace(session.tracks[0], name="Vocal"), *session.tracks[1:])
        kick = {name: Sound(lufs=-24.0, low_end=0.98, crest_db=24.0, voice=0.0) for name in ("Kick", "Vocal")}
        right, wrong = suggested(session, sounds=kick), suggested(replace(session, tracks=tracks), sounds=kick)
        honest, labeled = right.role(guid), wrong.role(guid)
        assert honest is not None
        assert labeled is not None
        assert labeled.confidence < honest.confidence
        others = [
            {control: way for control, way in moves(plan).items() if control[0] != guid} for plan in (right, wrong)
        ]
        assert len(others[0].keys() ^ others[1].keys()) <= 1, "its level goes to another, as the mix stays as loud"
        assert all(way * others[1].get(control, way) > 0.0 for control, way in others[0].items())


class TestNumberOfInputs:
    """One track or 128; what is silent counts for nothing; the bus stays where it was, however many feed it."""

    @pytest.mark.parametrize("count", [1, 2, 8, 24, 64, 128])
    def test_any_number_is_planned_and_leaves_the_bus_where_it_was(self, count: int) -> None:
        session = band(count)
        plan = suggested(session)
        analysis = make_analysis(session, {t.name: Sound(lufs=float(LEVELS[_place(t) % 10])) for t in session.tracks})
        assert analysis.covariance is not None
        now = MixState(session, analysis.covariance)
        after = now.changed(balance_of(r.change for r in plan.recommendations))
        assert after.mix_lufs == pytest.approx(now.mix_lufs, abs=1.0)

    def test_ten_silent_tracks_change_nothing(self) -> None:
        session = band()
        extra = [
            make_track(number=n, guid=make_guid(500 + n), name=f"Extra {n}", muted=n % 2 == 0) for n in range(11, 21)
        ]
        more = replace(session, tracks=(*session.tracks, *extra))
        assert moves(suggested(more)) == moves(suggested(session))


class TestFidelity:
    """What is not accepted changes no bit; what is raises no peak over the ceiling and brings no DC. The path of gains
    and pans adds nothing of its own, and a bypassed chain, in time, nothing at all."""

    @pytest.mark.parametrize(("fader_db", "pan"), [(0.0, 0.0), (-7.3, 0.35), (4.1, -0.8)])
    def test_gain_and_pan_add_less_distortion_and_noise_than_minus_120_db(
        self, tmp_path: Path, fader_db: float, pan: float
    ) -> None:
        sine = 0.5 * np.sin(2.0 * np.pi * 997.0 * np.arange(RATE) / RATE)
        soundfile.write(tmp_path / "sine.wav", sine, RATE, "FLOAT")
        track = make_track(number=1, items=[make_item("sine.wav", length_seconds=1.0)], fader_db=fader_db, pan=pan)
        session = make_session([track], folder=tmp_path, sample_rate_hz=RATE)
        heard = np.concatenate(list(render_mix(session, 0.0, 1.0)), axis=1).astype(np.float64)
        whole = np.arange(RATE) / RATE * 2.0 * np.pi * 997.0
        shapes = np.stack([np.sin(whole), np.cos(whole)])
        for side in heard:
            own = (side @ shapes.T) @ shapes / (RATE / 2)
            assert np.mean((side - own) ** 2) < 1e-12 * np.mean(own**2)

    def test_a_bypassed_chain_leaves_nothing_when_the_dry_track_is_taken_away(self, tmp_path: Path) -> None:
        noise = 0.1 * np.random.default_rng(1).standard_normal(RATE)
        soundfile.write(tmp_path / "noise.wav", noise, RATE, "FLOAT")
        item = make_item("noise.wav", length_seconds=1.0)
        bands = ((8, True, 1000.0, 6.0),)
        mixes = []
        for chain in ((), (make_eq(bands=bands, enabled=False),), (make_eq(bands=bands),)):
            session = make_session([make_track(number=1, items=[item], fx=chain)], folder=tmp_path, sample_rate_hz=RATE)
            track = session.tracks[0]
            played = chain_of(session, track).blocks(TrackReader(session, track).blocks, 0.0, 1.0, RATE)
            mixes.append(np.concatenate(list(played), axis=1))
        dry, bypassed, on = mixes
        assert np.array_equal(dry, bypassed)
        assert not np.allclose(dry, on, atol=1e-3)

    def test_nothing_accepted_is_the_same_sound_to_the_bit(self, project: Path, tmp_path: Path) -> None:
        applied(project, tmp_path / "out.rpp", is_all=False)
        (tmp_path / "out.rpp").rename(project.with_name("none.rpp"))
        before, after = (_mix(path) for path in (project, project.with_name("none.rpp")))
        assert np.array_equal(before, after)

    def test_all_accepted_stays_under_the_ceiling_without_dc(self, project: Path, tmp_path: Path) -> None:
        applied(project, tmp_path / "out.rpp")
        (tmp_path / "out.rpp").rename(project.with_name("all.rpp"))
        before, after = (_mix(path) for path in (project, project.with_name("all.rpp")))
        assert _true_peak_dbtp(before) <= -1.0
        assert _true_peak_dbtp(after) <= -1.0
        assert np.abs(after.mean(axis=1)).max() <= np.abs(before.mean(axis=1)).max() + 1e-3
        assert loudness_lufs(after, RATE) == pytest.approx(loudness_lufs(before, RATE), abs=1.0)


def _mix(path: Path) -> np.ndarray:
    return IndependentRender(RATE * SECONDS).mix(read_written(path))


def _true_peak_dbtp(mix: np.ndarray) -> float:
    from scipy.signal import resample_poly

    return float(20.0 * np.log10(np.abs(resample_poly(mix, 4, 1, axis=1)).max()))


class TestExpressivity:
    """A mix made with faders and pans is found again on the console, and what moves cannot do is said."""

    def test_a_hidden_balance_is_recovered_and_the_residual_told(self, project: Path, tmp_path: Path) -> None:
        generator = np.random.default_rng(5)
        gains = dict(zip(PARTS, generator.uniform(-12.0, 3.0, len(PARTS)), strict=True))
        pans = dict(zip(PARTS, generator.uniform(-0.8, 0.8, len(PARTS)), strict=True))
        total = np.zeros((RATE * SECONDS, 2))
        for name in PARTS:
            part = 10.0 ** (gains[name] / 20.0) * soundfile.read(project.with_name(f"{name}.wav"))[0]
            total += part[:, None] * [min(1.0 - pans[name], 1.0), min(1.0 + pans[name], 1.0)]
        bounce = tmp_path / "hidden.wav"
        soundfile.write(bounce, total, RATE, "FLOAT")
        with open_file(project) as assistant:
            session = assistant.snapshot()
            found = assistant.analyze(session, Brief(strategy="rough-mix", rough_mix=str(bounce))).rough_mix
        assert found is not None
        assert found.residual_db < -20.0
        for track in session.tracks:
            console = next(each for each in found.tracks if each.track_guid == track.guid)
            assert console.gain_db == pytest.approx(gains[track.name], abs=0.5)
            assert console.pan == pytest.approx(pans[track.name], abs=0.05)
