"""Rides on a track's volume envelope: points around a passage, on top of what the envelope does there."""

from dataclasses import replace

import numpy as np

from dawassist.audio.envelopes import envelope_gains
from dawassist.intents import EnvelopeIntent
from dawassist.plan.model import Change
from dawassist.session.edits import SetEnvelopePoints, SwitchEnvelope
from dawassist.session.model import Envelope, EnvelopePoint, Track
from dawassist.session.targets import EnvelopeTarget
from dawassist.units import clock_text, gain_to_db

_SHORTEST_RAMP_SECONDS = 0.005
_FLAT = Envelope(
    kind="volume", guid="", active=True, points=(EnvelopePoint(time_seconds=0.0, value=0.0),), point_count=1
)  # as one is made


def realize_ride(track: Track, intent: EnvelopeIntent) -> Change:
    """The envelope is there and active, or is made first (`controls.why_not_ride`)."""
    envelope = track.envelope("volume") or _FLAT
    made = () if track.envelope("volume") else (_switched_on(track),)
    ramp = max(intent.ramp_seconds, _SHORTEST_RAMP_SECONDS)
    first = max(intent.start_seconds - ramp, 0.0)
    ways = {first: 0.0, intent.start_seconds: 1.0, intent.end_seconds: 1.0, intent.end_seconds + ramp: 0.0}
    corners = {round(time_seconds, 6): share for time_seconds, share in ways.items()}
    inside = tuple(p for p in envelope.points if min(corners) <= p.time_seconds <= max(corners))
    known = {round(p.time_seconds, 6): p for p in inside}
    times = np.array(sorted({*corners, *known}))
    base_db = [gain_to_db(gain) for gain in np.atleast_1d(envelope_gains(envelope, times)).tolist()]
    shares = np.interp(times, list(corners), list(corners.values()))
    target = EnvelopeTarget(track_guid=track.guid, envelope="volume")
    points = tuple(
        replace(
            known.get(t, EnvelopePoint(time_seconds=t, value=0.0)),
            value=base + float(share) * intent.gain_db,
        )
        for t, base, share in zip(times.tolist(), base_db, shares, strict=True)
    )
    name = f"Ride {clock_text(intent.start_seconds)}–{clock_text(intent.end_seconds)}"
    edit = SetEnvelopePoints(
        target=target, start_seconds=float(times[0]), end_seconds=float(times[-1]), expected_points=inside,
        desired_points=points, label=f"{track.display_name} · {name}",
    )  # fmt: skip
    return Change(
        target=target, parameter=name, before=0.0, after=intent.gain_db, unit="dB", expected_raw=0.0,
        desired_raw=intent.gain_db, tolerance=0.0, raw_law="identity", setup=(*made, edit), ride_base=tuple(base_db),
    )  # fmt: skip


def _switched_on(track: Track) -> SwitchEnvelope:
    return SwitchEnvelope(
        target=EnvelopeTarget(track_guid=track.guid, envelope="volume"), on=True,
        label=f"{track.display_name} · new volume envelope",
    )  # fmt: skip
