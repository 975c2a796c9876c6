"""Technical faults in a mixer's words: the cards, and the sentences of findings."""

from collections.abc import Sequence

from dawassist.analysis.pairs import TrackPair
from dawassist.plan.model import Prediction, Rationale
from dawassist.plan.wording import LONGEST_HEADLINE
from dawassist.session.findings import Evidence
from dawassist.session.model import Track
from dawassist.strategies.technical.alignment import Correction
from dawassist.strategies.technical.copies import Copy
from dawassist.strategies.technical.kit import KitPolarity
from dawassist.strategies.technical.sums import Effect
from dawassist.units import clock_text, counted, distance_text, signed_db_text

_SOURCES = ("alignment of the two tracks", "cross-spectra at the present faders")
_SHORTEST_NAME = 6
_MOST_STRETCHES = 4


def correction_rationale(found: Correction, sample_rate_hz: int) -> Rationale:
    """The card of one source: what is inverted or late against what, and what comes back."""
    pair = found.group.pairs[0]
    return Rationale(
        headline=correction_headline(found),
        evidence=(
            *_effect_lines(found.effect),
            *_delay_lines(found, sample_rate_hz),
            *_own_hand_lines(found),
            *pair.evidence,
        ),
        sources=_SOURCES,
        plot_kind="lines" if pair.plot else "",
        plot=pair.plot,
    )


def correction_headline(found: Correction) -> str:
    group = found.group
    arrivals = dict(zip(group.guids, group.arrival_seconds, strict=True))
    spread = max(arrivals.values())
    apart = f"{spread * 1000.0:.1f} ms ({distance_text(spread)})"
    if len(group.tracks) > 2:
        faults = [f"{len(found.flipped)} inverted"] if found.flipped else []
        faults += [f"up to {apart} apart"] if found.later_seconds else []
        return fitted(f"{{}} and {len(group.tracks) - 1} more of one source: {' and '.join(faults)}", group.tracks[0])
    if found.flipped:
        turned = next(track for track in group.tracks if track.guid in found.flipped)
        other = next(track for track in group.tracks if track is not turned)
        if not found.later_seconds:
            rise = signed_db_text(found.effect.rise_db)
            return fitted(f"{{}} cancels {{}}: {rise} at {_band(found.effect)} when turned over", turned, other)
        side = "behind" if arrivals[turned.guid] > 0.0 else "ahead of"
        return fitted(f"{{}} is inverted against {{}} and {apart} {side} it", turned, other)
    late = max(group.tracks, key=lambda track: arrivals[track.guid])
    early = next(track for track in group.tracks if track is not late)
    return fitted(f"{{}} is {apart} behind {{}}", late, early)


def stands_apart(pair: TrackPair, reference: Track) -> str:
    """How the other of a pair stands to its reference, such as "inverted against Snare Top and 1.1 ms behind it"."""
    late = abs(pair.delay_seconds)
    side = "behind" if pair.delay_seconds > 0.0 else "ahead of"
    apart = f"{late * 1000.0:.1f} ms ({distance_text(late)}) {side}" if pair.verdict == "offset" else ""
    name = reference.display_name
    if not pair.inverted:
        return f"{apart} {name}"
    return f"inverted against {name}" + (f" and {apart} it" if apart else "")


def left_apart(found: Correction, sample_rate_hz: int, *, is_turned: bool) -> tuple[Track, str]:
    """The latest track of a group, and why it is not brought in time; `is_turned`: its polarity is corrected."""
    group = found.group
    arrivals = dict(zip(group.guids, group.arrival_seconds, strict=True))
    late, early = (pick(group.tracks, key=lambda track: arrivals[track.guid]) for pick in (max, min))
    seconds = arrivals[late.guid]
    apart = f"{seconds * 1000.0:.2f} ms ({seconds * sample_rate_hz:.1f} samples, {distance_text(seconds)}) behind"
    is_inverted = not is_turned and (late.guid in found.flipped) != (early.guid in found.flipped)
    how = "With the polarity turned, playing in time too" if is_turned else "Playing in time"
    if is_inverted:
        apart, how = f"inverted against and {apart}", "Turned over and in time it"
    effect = max(found.effects, key=lambda each: each.rise_db)
    return late, (
        f"It is {apart} {early.display_name}. {how} changes their sum by {signed_db_text(effect.rise_db)} at "
        f"{_band(effect)}, less than a delay is proposed for, so nothing is moved."
    )


def correction_predictions(found: Correction) -> tuple[Prediction, ...]:
    together = " + ".join(track.display_name for track in found.group.tracks)
    return tuple(_prediction(effect, together) for effect in (found.effect, *_others(found)))


def kit_rationale(found: KitPolarity, turned: Sequence[Track], overheads: Sequence[Track]) -> Rationale:
    still = "the overheads and rooms" if overheads else "the rest of the kit"
    names = "{}" if len(turned) == 1 else f"{{}} and {len(turned) - 1} more"
    return Rationale(
        headline=fitted(
            f"{names} against {still}: {signed_db_text(found.effect.rise_db)} at 60–250 Hz when turned over", turned[0]
        ),
        evidence=(
            *_effect_lines(found.effect),
            Evidence(
                text=f"The polarities of {len(found.kit.guids)} tracks of the kit were chosen together at the present "
                f"faders; {', '.join(t.display_name for t in overheads) or 'the loudest track'} stays as it is.",
                value=float(len(found.kit.guids)),
                unit="tracks",
            ),
        ),
        sources=_SOURCES,
    )


def kit_predictions(found: KitPolarity) -> tuple[Prediction, ...]:
    return (_prediction(found.effect, "the kit"),)


def copy_rationale(found: Copy) -> Rationale:
    pair = found.pair
    lines = [
        Evidence(
            text=f"When one is subtracted from the other, {pair.residual_db:.0f} dB remain.",
            value=pair.residual_db,
            unit="dB",
        )
    ]
    if found.notch_hz:
        microseconds = abs(pair.delay_seconds) * 1e6
        lines.append(
            Evidence(
                text=f"They are {microseconds:.0f} µs apart, so that they first cancel at {found.notch_hz:.0f} Hz.",
                value=found.notch_hz,
                unit="Hz",
            )
        )
    text = (
        f"Plug-ins, pan, polarity and routing are the same; {signed_db_text(found.raise_db)} on the other replace it."
    )
    lines.append(Evidence(text=text, value=found.raise_db, unit="dB"))
    return Rationale(
        headline=fitted(
            f"{{}} is a copy of {{}}: {pair.residual_db:.0f} dB remain between them", found.copy, found.original
        ),
        evidence=(*lines, *pair.evidence),
        sources=("alignment of the two tracks",),
        plot_kind="lines" if pair.plot else "",
        plot=pair.plot,
    )


def varying_sentence(pair: TrackPair, reference: Track, other: Track) -> str:
    """Offsets per stretch, or the drift; and that no track delay fits."""
    if pair.drift_ppm:
        per_minute = pair.drift_ppm * 60.0 / 1000.0
        return (
            f"{other.display_name} drifts against {reference.display_name} by {pair.drift_ppm:+.1f} ppm "
            f"({per_minute:+.2f} ms a minute): no track delay fits, so none is proposed."
        )
    places = [
        f"{stretch.delay_seconds * 1000.0:+.2f} ms from {clock_text(stretch.start_seconds)}"
        for stretch in pair.stretches[:_MOST_STRETCHES]
    ]
    more = len(pair.stretches) - _MOST_STRETCHES
    listed = ", ".join(places) + (f" and {counted(more, 'stretch')} more" if more > 0 else "")
    return (
        f"{other.display_name} lies at changing distances from {reference.display_name}: {listed}; "
        "no track delay fits, so none is proposed."
    )


def fitted(template: str, *tracks: Track) -> str:
    """`template` with the names of tracks, shortened as far as the longest headline asks."""
    room = LONGEST_HEADLINE - len(template.replace("{}", ""))
    names = [track.display_name for track in tracks]
    while sum(map(len, names)) > room and max(map(len, names)) > _SHORTEST_NAME:
        longest = max(range(len(names)), key=lambda place: len(names[place]))
        names[longest] = names[longest].rstrip("…")[:-1] + "…"
    return template.format(*names)


def _effect_lines(effect: Effect) -> tuple[Evidence, ...]:
    heard = f", heard in all of the {effect.whole_seconds:.0f} s in which they play" if effect.whole_seconds else ""
    text = f"Together they gain {signed_db_text(effect.rise_db)} at {_band(effect)} at the present faders{heard}."
    lines = [Evidence(text=text, value=effect.rise_db, unit="dB")]
    if effect.dip_fill_db >= 3.0:
        text = f"The dip at {effect.dip_hz:.0f} Hz fills by {effect.dip_fill_db:.1f} dB."
        lines.append(Evidence(text=text, value=effect.dip_fill_db, unit="dB"))
    return tuple(lines)


def _delay_lines(found: Correction, sample_rate_hz: int) -> tuple[Evidence, ...]:
    lines = []
    for track in found.group.tracks:
        later = found.later_seconds.get(track.guid, 0.0)
        if later:
            word = "later" if later > 0.0 else "earlier, by less of its own offset"
            text = (
                f"{track.display_name} plays {abs(later) * 1000.0:.2f} ms ({abs(later) * sample_rate_hz:.1f} samples, "
                f"{distance_text(later)}) {word}; nothing is moved before its recording."
            )
            lines.append(Evidence(text=text, value=later * 1000.0, unit="ms"))
    return tuple(lines)


def _own_hand_lines(found: Correction) -> tuple[Evidence, ...]:
    names = [track.display_name for track in found.group.tracks if track.polarity_inverted]
    text = f"The polarity switch is on now at {', '.join(names)}."
    return (Evidence(text=text, value=float(len(names)), unit="tracks"),) if names else ()


def _prediction(effect: Effect, of: str) -> Prediction:
    """Pauses do not count: what is in them is noise, and no part of what cancels."""
    metric = f"energy while playing at {_band(effect)} of {of}"
    return Prediction(metric=metric, before=round(effect.before_db, 3), after=round(effect.after_db, 3), unit="dB")


def _others(found: Correction) -> tuple[Effect, ...]:
    return tuple(effect for effect in found.effects if effect is not found.effect)


def _band(effect: Effect) -> str:
    low, high = effect.band_hz
    return f"{low:.0f}–{high:.0f} Hz"
