"""“What covers this track?”: asked of any track, answered with tracks, bands, times and places to listen to."""

from collections.abc import Mapping, Sequence

from dawassist.analysis.masking import MaskedBand, Masker, TrackMasking, measure_masking
from dawassist.analysis.model import Analysis
from dawassist.console.gains import Console
from dawassist.errors import InputError
from dawassist.plan.objects import mix_objects
from dawassist.plan.roles import guess_roles
from dawassist.session.findings import Evidence, Finding, PlotSeries
from dawassist.session.graph import build_graph
from dawassist.session.model import Session
from dawassist.units import clock_text, frequency_text

_LITTLE_DB = 1.0  # of loudness: less is lost in any mix
_NEIGHBORS = 1.5  # bands whose centers are nearer than that belong together
_MOST_STRETCHES = 2


def what_covers(session: Session, analysis: Analysis, track_guid: str, pinned: Mapping[str, str]) -> Finding:
    """Of the mix as it stands; microphones of one source do not cover each other. `pinned` are roles by GUID.

    Raises InputError for a track that is not heard.
    """
    track = session.track(track_guid)
    graph = build_graph(session)
    name = track.display_name if track is not None else "This track"
    roles = guess_roles(session, graph, analysis, dict(pinned))
    sources = [t for t in session.tracks if graph.kind[t.guid] == "source" and t.guid in graph.audible]
    objects = mix_objects(sources, graph, roles, analysis.pairs)
    groups = {guid: each.guids[0] for each in objects for guid in each.guids}
    found = measure_masking(analysis, Console(session), track_guids=(track_guid,), groups=groups)
    if not found:
        raise InputError(
            f"{name} is not heard, so nothing can cover it.",
            why="It is muted, is not routed to the master, has no sound of its own, or was not listened to.",
            next_step="Choose a track that plays in the analyzed range.",
        )
    return _told(session, name, found[0])


def _told(session: Session, name: str, masking: TrackMasking) -> Finding:
    maskers = [each for each in masking.maskers if each.bands]
    evidence = [_evidence(session, each) for each in maskers]
    covered = f"{name} loses {masking.loss_db:.1f} dB of its loudness to the rest"
    if not maskers and masking.loss_db < _LITTLE_DB:
        sentence = f"Nothing covers {name}: it loses {masking.loss_db:.1f} dB of its loudness to the rest."
    elif not maskers:
        sentence = f"{covered}; no single track covers it: many together do."
    else:
        named = ", ".join(f"{_name(session, each.track_guid)} {each.share:.0%}" for each in maskers)
        sentence = f"{covered}; what covers it comes from {named}."
    return Finding(
        kind="covered",
        track_guid=masking.track_guid,
        sentence=sentence,
        other_guid=maskers[0].track_guid if maskers else "",
        evidence=tuple(evidence),
        at_seconds=tuple(sorted({at for each in maskers[:1] for at in each.at_seconds})),
        plot=(PlotSeries(label="masker over track, dB", x=masking.center_hz, y=masking.mask_to_signal_db),),
    )


def _evidence(session: Session, masker: Masker) -> Evidence:
    stretches = sorted(_stretches(masker.bands), key=lambda each: -max(band.share for band in each))[:_MOST_STRETCHES]
    places = ", ".join(clock_text(at) for at in masker.at_seconds)
    parts = [
        f"{_range(each)} for up to {max(band.share for band in each):.0%} of the time it plays, by "
        f"{max(band.loss_db for band in each):.0f} dB"
        for each in stretches
    ]
    where = f"; most at {places}" if places else ""
    alone = f"{_name(session, masker.track_guid)} alone covers {' and '.join(parts)}{where}."
    return Evidence(text=alone, value=max(band.share for band in masker.bands), unit="share")


def _stretches(bands: Sequence[MaskedBand]) -> list[list[MaskedBand]]:
    """Neighboring bands together, by frequency."""
    found: list[list[MaskedBand]] = []
    for band in bands:
        if found and band.center_hz < _NEIGHBORS * found[-1][-1].center_hz:
            found[-1].append(band)
        else:
            found.append([band])
    return found


def _range(bands: Sequence[MaskedBand]) -> str:
    low, high = bands[0].center_hz, bands[-1].center_hz
    return frequency_text(low) if len(bands) == 1 else f"{frequency_text(low)} to {frequency_text(high)}"


def _name(session: Session, guid: str) -> str:
    track = session.track(guid)
    return track.display_name if track is not None else guid
