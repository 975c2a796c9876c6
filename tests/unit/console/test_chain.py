"""Reading a chain from a session: laws, switches, and what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from rpp_corpus import CORPUS, GOLDEN

from dawassist.console.chain import chain_of, insert_of
from dawassist.console.compressor import CompressorSettings
from dawassist.console.equalizer import EqualizerSettings
from dawassist.console.gate import GateSettings
from dawassist.errors import NotModelled
from dawassist.fxmaps import fx_maps
from dawassist.projectfile import ProjectFile
from dawassist.session.model import Envelope, EnvelopePoint, Fx, FxParameter, Session
from tests.sessions import make_item, make_session, make_take, make_track

BANDS = (("BANDTYPE0", "8"), ("BANDENABLED0", "1"), ("BANDTYPE1", "4"), ("BANDENABLED1", "0"))
COMP = {0: 0.125, 1: 3 / 99, 2: 0.006, 3: 0.02, 6: 1.0, 11: 0.5, 13: 0.05, 14: 0.25}
GATE = {0: 0.05, 1: 0.002, 2: 0.01, 4: 0.1, 5: 1.0, 10: 0.5, 12: 0.25}


@pytest.fixture(scope="module")
def handmade() -> Session:
    return ProjectFile(GOLDEN / "handmade.rpp").snapshot()


def plugin(name: str, values: dict[int, float], count: int, **fields: object) -> Fx:
    own = [FxParameter(ident=f"{i}:_x", name=f"P{i}", normalized=values.get(i, 0.0)) for i in range(count)]
    tail = [
        FxParameter(ident=f":{key}", name=key, normalized=float(key == "wet")) for key in ("bypass", "wet", "delta")
    ]
    made = {"guid": "{F}", "ident": f"{name.lower()}.dll", "name": f"VST: {name} (Cockos)", "kind": "VST",
            "enabled": True, "offline": False, "parameters": (*own, *tail), **fields}  # fmt: skip
    return Fx(**made)  # type: ignore[arg-type]


def with_tail(fx: Fx, ident: str, value: float) -> Fx:
    changed = tuple(replace(p, normalized=value) if p.ident == ident else p for p in fx.parameters or ())
    return replace(fx, parameters=changed)


def reacomp(changes: dict[int, float] | None = None, count: int = 21, **fields: object) -> Fx:
    return plugin("ReaComp", {**COMP, **(changes or {})}, count, **fields)


def reagate(changes: dict[int, float] | None = None) -> Fx:
    return plugin("ReaGate", {**GATE, **(changes or {})}, 21)


def reaeq(config: tuple[tuple[str, str], ...] = BANDS) -> Fx:
    return plugin("ReaEQ", {0: 0.5, 1: 0.5, 2: 0.25, 3: 0.2, 4: 0.25, 5: 0.5, 6: 0.25}, 7, config=config)


def test_reaeq_in_physical_units_with_the_bands_that_are_on() -> None:
    found = insert_of(reaeq()).settings
    assert isinstance(found, EqualizerSettings)
    (band,) = found.bands
    assert (band.kind, band.bandwidth_octaves) == ("peak", 1.0)
    assert band.cutoff_frequency_hz == pytest.approx(1160.6, abs=0.1)
    assert band.gain_db == pytest.approx(6.0206, abs=1e-4)
    assert found.output_gain_db == pytest.approx(0.0)


def test_reacomp_in_physical_units() -> None:
    found = insert_of(reacomp()).settings
    assert isinstance(found, CompressorSettings)
    assert found.threshold_db == pytest.approx(-12.0412, abs=1e-4)
    assert (found.ratio, found.attack_ms, found.release_ms) == (pytest.approx(4.0), 3.0, 100.0)
    assert (found.wet_db, found.dry_db, found.knee_db) == (pytest.approx(0.0), -150.0, 6.0)
    assert (found.detector.rms_size_ms, found.detector.low_pass_hz, found.detector.high_pass_hz) == (5.0, 0.0, 0.0)


def test_an_older_reacomp_with_fewer_values_is_read_too() -> None:
    assert insert_of(reacomp(count=19)).settings == insert_of(reacomp()).settings


def test_detector_filters_count_where_they_are_set() -> None:
    found = insert_of(reacomp({6: 0.4, 7: 0.005})).settings
    assert isinstance(found, CompressorSettings)
    assert (found.detector.low_pass_hz, found.detector.high_pass_hz) == (8000.0, 100.0)


def test_reagate_in_physical_units() -> None:
    found = insert_of(reagate()).settings
    assert isinstance(found, GateSettings)
    assert (found.threshold_db, found.hysteresis_db) == (pytest.approx(-20.0), pytest.approx(-6.0206, abs=1e-4))
    assert (found.attack_ms, found.release_ms, found.hold_ms) == (1.0, 50.0, 100.0)


def test_reapers_wet_control_is_kept() -> None:
    assert insert_of(with_tail(reaeq(), ":wet", 0.75)).wet == 0.75


@pytest.mark.parametrize(
    ("fx", "reason"),
    [
        (reaeq(config=()), "which of its bands are on is not known"),
        (reaeq(config=(("BANDTYPE0", "3"), ("BANDENABLED0", "1"))), "type 3"),
        (reacomp({8: 2 / 1084}), "it listens to another input"),
        (reacomp({9: 1.0}), "it listens to another input"),
        (reacomp({12: 1.0}), "its filter preview is on"),
        (reacomp({15: 1.0}), "its automatic make-up gain is on"),
        (reacomp({16: 1.0}), "its automatic release is on"),
        (reagate({13: 1.0}), "its filter preview is on"),
        (reagate({11: 0.5}), "it plays noise"),
        (reagate({18: 1.0}), "its output is inverted"),
        (with_tail(reaeq(), ":delta", 1.0), "only its difference is played"),
        (reacomp(parameters=None), "its state is laid out in an unknown way"),
        (plugin("ReaXcomp", {}, 51), "its processing is not known here"),
    ],
)
def test_what_is_not_modelled_is_refused_with_its_reason(fx: Fx, reason: str) -> None:
    with pytest.raises(NotModelled, match=reason):
        insert_of(fx)


def test_an_active_envelope_is_automation_and_an_inactive_one_is_not() -> None:
    point = EnvelopePoint(time_seconds=0.0, value=0.5)
    moves = Envelope(kind="fx_parameter", guid="", active=True, points=(point,), point_count=1, parameter_ident=":wet")
    with pytest.raises(NotModelled, match="its wet is automated"):
        insert_of(replace(reaeq(), envelopes=(moves,)))
    assert insert_of(replace(reaeq(), envelopes=(replace(moves, active=False),)))


def test_bypassed_and_offline_plugins_and_chains_do_not_sound() -> None:
    off = [replace(reacomp(), enabled=False), replace(reacomp(), offline=True)]
    made = make_session([make_track(fx=off), make_track(number=2, fx=[reacomp()], fx_enabled=False)])
    for track in made.tracks:
        chain = chain_of(made, track)
        assert (chain.inserts, chain.is_modelled, chain.latency_samples) == ((), True, 0)


def test_a_plugin_on_a_playing_take_comes_first_and_is_not_modelled() -> None:
    comp = make_item(takes=[make_take("a.wav", fx_names=("VST: ReaTune (Cockos)",)), make_take("b.wav")], active_take=0)
    other = replace(comp, active_take=1)
    made = make_session([make_track(items=[comp, comp, other], fx=[reacomp()]), make_track(number=2, items=[other])])
    (found,) = chain_of(made, made.tracks[0]).unmodelled
    assert (found.fx_name, found.reason) == ("VST: ReaTune (Cockos)", "it is on an item")
    assert chain_of(made, made.tracks[0]).inserts == ()
    assert chain_of(made, made.tracks[1]).is_modelled


def test_latency_is_the_sum_of_the_look_aheads() -> None:
    made = make_session([make_track(fx=[reacomp({4: 0.004}), reagate({3: 0.008})])])
    assert chain_of(made, made.tracks[0]).latency_samples == 48 + 96


def test_plugins_in_containers_are_not_modelled(handmade: Session) -> None:
    rare = ProjectFile(GOLDEN / "rare.rpp").snapshot()
    track = next(t for t in rare.tracks if t.name == "Plug-ins")
    reasons = [fx.reason for fx in chain_of(rare, track).unmodelled]
    assert reasons == [
        "its state is laid out in an unknown way",
        "it sits in a container, whose routing is not known",
        "its processing is not known here",
    ]


def test_a_renamed_plugin_is_known_by_its_file(handmade: Session) -> None:
    vocal = next(t for t in handmade.tracks if t.name == "Lead vocal")
    assert vocal.fx[0].name == "Vocal comp"
    (refused,) = chain_of(handmade, vocal).unmodelled
    assert (refused.fx_name, refused.reason) == ("Vocal comp", "its Threshold is automated")
    kick = next(t for t in handmade.tracks if t.name == "Kick")
    chain = chain_of(handmade, kick)
    assert chain.is_modelled
    equalizer = chain.inserts[0].settings
    assert isinstance(equalizer, EqualizerSettings)
    assert [band.kind for band in equalizer.bands] == ["high_pass", "peak", "peak", "high_shelf"]


def test_every_modelled_plugin_has_a_map() -> None:
    assert {"ReaEQ", "ReaComp", "ReaGate"} <= set(fx_maps())


@pytest.mark.parametrize("path", CORPUS)
def test_every_real_project_gives_chains_that_can_run(path: Path) -> None:
    session = ProjectFile(path).snapshot()
    for track in session.tracks:
        chain = chain_of(session, track)
        assert all(fx.reason for fx in chain.unmodelled)
        assert chain.latency_samples >= 0
