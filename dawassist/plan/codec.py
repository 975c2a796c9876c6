"""A plan as the one JSON object that `suggest --json` prints, and back for `apply PLAN.json`."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from dawassist.errors import InputError
from dawassist.plan.model import (
    Change,
    LeftOut,
    Plan,
    Prediction,
    Rationale,
    Recommendation,
    TrackRole,
    target_json,
)
from dawassist.session.edits import edit_from_json, edit_to_json
from dawassist.session.findings import Evidence, Finding, PlotSeries
from dawassist.session.model import Fingerprint, Session, Track
from dawassist.session.targets import target_from_json

SCHEMA = 1


def plan_to_json(plan: Plan, session: Session) -> dict[str, Any]:
    """Finite numbers and plain types only; `schema` counts up when a key changes its meaning."""
    return {
        "schema": SCHEMA,
        "fingerprint": asdict(plan.fingerprint),
        "session": {
            "path": session.fingerprint.project_path,
            "sample_rate_hz": session.sample_rate_hz,
            "state": plan.session_state,
            "state_reason": plan.session_state_reason,
            "material": plan.material,
            "material_reason": plan.material_reason,
            "tracks": [_track_json(plan, track) for track in session.tracks],
        },
        "recommendations": [_recommendation_json(recommendation) for recommendation in plan.recommendations],
        "left_out": [
            {"track": left.track_name, "track_guid": left.track_guid, "reason": left.reason, "by_hand": left.by_hand}
            for left in plan.left_out
        ],
        "findings": findings_to_json(plan.findings),
        "summary": plan.summary,
        "strategy": plan.strategy,
        "engine": plan.engine,
    }


def plan_from_json(data: dict[str, Any]) -> Plan:
    """The plan that `plan_to_json` wrote. Raises InputError with the reason for anything else."""
    if data.get("schema") != SCHEMA:
        raise InputError(
            f"The plan has schema {data.get('schema')!r}.",
            why=f"This version reads schema {SCHEMA}.",
            next_step="Make it again with dawassist suggest --json.",
        )
    try:
        tracks = data["session"]["tracks"]
        return Plan(
            fingerprint=Fingerprint(**data["fingerprint"]),
            strategy=data["strategy"],
            engine=data["engine"],
            session_state=data["session"]["state"],
            session_state_reason=data["session"]["state_reason"],
            roles=tuple(
                TrackRole(track_guid=t["guid"], role=t["role"], confidence=float(t["role_confidence"])) for t in tracks
            ),
            recommendations=tuple(_recommendation(r) for r in data["recommendations"]),
            left_out=tuple(
                LeftOut(
                    track_guid=left["track_guid"],
                    track_name=left["track"],
                    reason=left["reason"],
                    by_hand=bool(left.get("by_hand", False)),
                )
                for left in data["left_out"]
            ),
            summary=data["summary"],
            findings=tuple(map(_finding, data.get("findings", []))),
            material=data["session"].get("material", "music"),
            material_reason=data["session"].get("material_reason", ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            "The plan cannot be read.", why=f"{error!r}", next_step="Make it again with dawassist suggest --json."
        ) from None


def findings_to_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Every field of every finding."""
    return [asdict(finding) for finding in findings]


def _track_json(plan: Plan, track: Track) -> dict[str, Any]:
    role = plan.role(track.guid)
    return {
        "guid": track.guid,
        "number": track.number,
        "name": track.name,
        "role": role.role if role else "unknown",
        "role_confidence": role.confidence if role else 0.0,
        "fader_db": track.fader_db,
        "pan": track.pan,
        "muted": track.muted,
    }


def _recommendation_json(recommendation: Recommendation) -> dict[str, Any]:
    predicted = [asdict(prediction) for prediction in recommendation.predicted]
    return {
        "id": recommendation.id,
        "revision": recommendation.revision,
        "track": {
            "guid": recommendation.track_guid,
            "number": recommendation.track_number,
            "name": recommendation.track_name,
        },
        "kind": recommendation.kind,
        **_change_json(recommendation.change),
        "basis": recommendation.basis,
        "confidence": recommendation.confidence,
        "reason_class": recommendation.reason_class,
        "rationale": asdict(recommendation.rationale),
        "predicted": predicted[0] if predicted else None,
        "also_predicted": predicted[1:],
        "card": recommendation.card,
        "requires": list(recommendation.requires),
        "folded": recommendation.is_folded,
    }


def _change_json(change: Change) -> dict[str, Any]:
    """`also`, `setup` and `ride_base` are there where they are not empty."""
    data: dict[str, Any] = {
        "parameter": change.parameter, "before": change.before, "after": change.after, "unit": change.unit,
        "target": target_json(change.target), "expected_raw": change.expected_raw, "desired_raw": change.desired_raw,
        "tolerance": change.tolerance, "raw_law": change.raw_law,
    }  # fmt: skip
    further = {
        "is_whole": change.is_whole, "also": [_change_json(each) for each in change.also],
        "setup": [edit_to_json(edit) for edit in change.setup], "ride_base": list(change.ride_base),
        "about": change.about,
    }  # fmt: skip
    return data | {key: value for key, value in further.items() if value}


def _change(data: dict[str, Any]) -> Change:
    target = {
        key: value for key, value in data["target"].items() if key != "param_ident" or "fx_guid" in data["target"]
    }
    return Change(
        target=target_from_json(target),
        parameter=data["parameter"],
        before=float(data["before"]),
        after=float(data["after"]),
        unit=data["unit"],
        expected_raw=float(data["expected_raw"]),
        desired_raw=float(data["desired_raw"]),
        tolerance=float(data["tolerance"]),
        raw_law=data["raw_law"],
        is_whole=bool(data.get("is_whole", False)),
        also=tuple(map(_change, data.get("also", ()))),
        setup=tuple(map(edit_from_json, data.get("setup", ()))),
        ride_base=tuple(map(float, data.get("ride_base", ()))),
        about=data.get("about", ""),
    )


def _recommendation(data: dict[str, Any]) -> Recommendation:
    change = _change(data)
    recommendation = Recommendation.create(
        track_guid=data["track"]["guid"],
        track_number=int(data["track"]["number"]),
        track_name=data["track"]["name"],
        kind=data["kind"],
        reason_class=data["reason_class"],
        change=change,
        basis=data["basis"],
        confidence=float(data["confidence"]),
        rationale=_rationale(data["rationale"]),
        predicted=tuple(
            Prediction(**each) for each in ([data["predicted"]] if data["predicted"] else []) + data["also_predicted"]
        ),
        card=data["card"],
        requires=tuple(data["requires"]),
    )
    if (recommendation.id, recommendation.revision) != (data["id"], data["revision"]):
        raise ValueError(f"recommendation {data['id']} was edited: its values do not match its revision")
    return replace(recommendation, is_folded=bool(data.get("folded", False)))


def _finding(data: dict[str, Any]) -> Finding:
    parts = {
        "evidence": _evidence(data["evidence"]),
        "at_seconds": tuple(data["at_seconds"]),
        "plot": _plot(data["plot"]),
    }
    return Finding(**{**data, **parts})


def _rationale(data: dict[str, Any]) -> Rationale:
    return Rationale(
        headline=data["headline"],
        evidence=_evidence(data["evidence"]),
        sources=tuple(data["sources"]),
        plot_kind=data["plot_kind"],
        plot=_plot(data["plot"]),
    )


def _evidence(data: list[dict[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(**each) for each in data)


def _plot(data: list[dict[str, Any]]) -> tuple[PlotSeries, ...]:
    return tuple(PlotSeries(label=each["label"], x=tuple(each["x"]), y=tuple(each["y"])) for each in data)
