"""Hand-made plans for tests: `make_plan([("Kick", -6.0, -3.0), …])`."""

from collections.abc import Sequence

from dawassist.plan.model import Change, Plan, Prediction, Rationale, Recommendation
from dawassist.session.findings import Evidence
from dawassist.session.model import Fingerprint
from dawassist.session.targets import TrackTarget
from dawassist.units import db_to_gain

FINGERPRINT = Fingerprint(project_path="/songs/ballad.rpp", instance="test", change_count=7)


def guid(number: int) -> str:
    return f"{{00000000-0000-0000-0000-{number:012d}}}"


def make_fader(
    number: int, name: str, before_db: float, after_db: float, *, card: str = "", requires: tuple[str, ...] = ()
) -> Recommendation:
    target = TrackTarget(track_guid=guid(number), field="fader_gain")
    change = Change(
        target=target,
        parameter="Fader",
        before=before_db,
        after=after_db,
        unit="dB",
        expected_raw=db_to_gain(before_db),
        desired_raw=db_to_gain(after_db),
        tolerance=1e-6,
        raw_law="gain",
    )
    return _recommendation(number, name, change, card, requires)


def make_pan(
    number: int, name: str, before: float, after: float, *, card: str = "", requires: tuple[str, ...] = ()
) -> Recommendation:
    target = TrackTarget(track_guid=guid(number), field="pan")
    change = Change(
        target=target,
        parameter="Pan",
        before=before,
        after=after,
        unit="pan",
        expected_raw=before,
        desired_raw=after,
        tolerance=1e-6,
        raw_law="identity",
    )
    return _recommendation(number, name, change, card, requires)


def make_plan(recommendations: Sequence[Recommendation]) -> Plan:
    return Plan(
        fingerprint=FINGERPRINT,
        strategy="studio",
        engine="dawassist test",
        session_state="in_progress",
        session_state_reason="3 of 4 faders are set.",
        roles=(),
        recommendations=tuple(recommendations),
        left_out=(),
        summary=f"{len(recommendations)} moves.",
    )


def _recommendation(number: int, name: str, change: Change, card: str, requires: tuple[str, ...]) -> Recommendation:
    return Recommendation.create(
        track_guid=guid(number),
        track_number=number,
        track_name=name,
        kind="fader" if change.unit == "dB" else "pan",
        reason_class="level_outside_human_range",
        change=change,
        basis="corrective",
        confidence=0.8,
        rationale=Rationale(
            headline=f"{name} moves to {change.after:.2f}",
            evidence=(Evidence(text="It lies 4.0 dB under its group.", value=4.0, unit="dB"),),
            sources=("test",),
        ),
        predicted=(Prediction(metric="track loudness", before=-24.0, after=-21.0, unit="LUFS"),),
        card=card,
        requires=requires,
    )
