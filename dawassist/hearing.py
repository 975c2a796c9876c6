"""What is heard of tracks together, once each is measured: pairs, bleed, low end, a rough mix, a reference."""

from dataclasses import replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from dawassist.analysis.alignment.session import find_pairs
from dawassist.analysis.bleed import with_bleed
from dawassist.analysis.cache import AnalysisCache
from dawassist.analysis.hit_matching import Hits, match_hits
from dawassist.analysis.listening import playing_stem
from dawassist.analysis.low_end import tracks_to_hear
from dawassist.analysis.low_end_excerpts import hear_low_end
from dawassist.analysis.low_end_whole import hear_whole_low_end
from dawassist.analysis.mix_reference import hear_mix, hear_reference
from dawassist.analysis.model import Analysis
from dawassist.analysis.recovered_console import RoughMix
from dawassist.analysis.reference import ReferenceComparison
from dawassist.analysis.rough_mix import recover_rough_mix
from dawassist.audio.media import open_media
from dawassist.daw import IsCancelled, Progress
from dawassist.plan.brief import TRACK_REFERENCE, Brief
from dawassist.plan.scope import resolve_tracks
from dawassist.session.graph import build_graph
from dawassist.session.model import Session, Track
from dawassist.strategies.hearing import to_hear_whole
from dawassist.units import SILENCE_DB


def hear_together(
    session: Session,
    analysis: Analysis,
    brief: Brief,
    cache: AnalysisCache,
    progress: Progress,
    is_cancelled: IsCancelled,
) -> Analysis:
    """Complete the analysis of single tracks; with rough mix and reference if the brief has them. Raises Cancelled."""
    with threadpool_limits(limits=1, user_api="blas"):  # many small products: threads would wait for one another
        analysis = _with_pairs(session, analysis, cache, progress, is_cancelled)
        analysis = _with_whole_low_ends(session, analysis, brief, cache, progress, is_cancelled)
    if brief.rough_mix:
        found = _match_rough_mix(session, analysis, Path(brief.rough_mix), progress, is_cancelled)
        analysis = replace(analysis, rough_mix=found)
    if brief.reference:
        progress("Hearing the reference", 0, 1)
        compared = _compare_reference(session, analysis, brief.reference, is_cancelled)
        analysis = replace(analysis, reference=compared)
    return analysis


def _match_rough_mix(
    session: Session, analysis: Analysis, bounce: Path, progress: Progress, is_cancelled: IsCancelled
) -> RoughMix:
    """What the bounce tells about the tracks that are heard. Raises InputError where it is not one of this session."""
    audible = build_graph(session).audible
    heard = [t for t in analysis.tracks if t.measured_at != "not_heard" and t.track_guid in audible]
    segments = [segment for track in heard for segment in track.activity.segments]
    guids = [track.track_guid for track in heard]
    return recover_rough_mix(session, bounce, segments, guids, progress=progress, is_cancelled=is_cancelled)


def _compare_reference(
    session: Session, analysis: Analysis, reference: str, is_cancelled: IsCancelled
) -> ReferenceComparison:
    """A recording, or ``track:NAME``, beside the mix as it stands. Raises InputError where it cannot be heard."""
    track_guid, name, played, end = _played_reference(session, reference)
    heard = hear_reference(session, played, end, session.sample_rate_hz, is_cancelled=is_cancelled)
    audible = build_graph(session).audible
    mixed = [t for t in analysis.tracks if t.measured_at != "not_heard" and t.track_guid in audible - {track_guid}]
    loudness = analysis.mix_loudness.integrated_lufs if analysis.mix_loudness else SILENCE_DB
    segments = [segment for track in mixed for segment in track.activity.segments]
    guids = [track.track_guid for track in mixed]
    mix = hear_mix(session, guids, segments, loudness, is_cancelled=is_cancelled)
    return ReferenceComparison(name=name, track_guid=track_guid, reference=heard, mix=mix)


def _played_reference(session: Session, reference: str) -> tuple[str, str, Track, float]:
    """The GUID ("" for a file), a name, a track that plays it, and where it ends."""
    if reference.startswith(TRACK_REFERENCE):
        guid = min(resolve_tracks(session, [reference.removeprefix(TRACK_REFERENCE)]))
        track = session.track(guid)
        assert track is not None
        return guid, track.display_name, track, session.length_seconds
    path = Path(reference)
    with open_media(path) as media:
        seconds = media.duration_seconds
    return "", path.name, playing_stem(session.master, path, seconds), seconds


def _with_pairs(
    session: Session, analysis: Analysis, cache: AnalysisCache, progress: Progress, is_cancelled: IsCancelled
) -> Analysis:
    """With the pairs of tracks that carry the same source, what bleeds, and what their low end does together."""
    pairs = find_pairs(session, analysis, cache=cache, progress=progress, is_cancelled=is_cancelled)
    hits = [
        Hits(track=track, levels=measured.levels, percussivity=measured.onsets.percussivity)
        for measured in analysis.tracks
        if measured.levels and measured.onsets and (track := session.track(measured.track_guid)) and track.items
    ]
    matches = match_hits(session, hits, analysis.start_seconds, is_cancelled, cache)
    heard = with_bleed(replace(analysis, pairs=pairs, hit_matches=matches), is_cancelled=is_cancelled)
    return _with_low_end(session, heard, cache, progress, is_cancelled)


def _with_low_end(
    session: Session, analysis: Analysis, cache: AnalysisCache, progress: Progress, is_cancelled: IsCancelled
) -> Analysis:
    """With what the low end of related tracks does together, where tracks are related."""
    playing = {
        guid: measured.activity.segments
        for guid in tracks_to_hear(analysis.pairs)
        if (measured := analysis.track(guid)) is not None and measured.measured_at != "not_heard"
    }
    if not playing:
        return analysis
    low_end = hear_low_end(session, playing, cache=cache, progress=progress, is_cancelled=is_cancelled)
    return replace(analysis, low_end=low_end)


def _with_whole_low_ends(
    session: Session, analysis: Analysis, brief: Brief, cache: AnalysisCache, progress: Progress,
    is_cancelled: IsCancelled,
) -> Analysis:  # fmt: skip
    """With all of the low end of the tracks that may cancel, or get a high-pass: what is predicted of it is heard."""
    found = (
        hear_whole_low_end(session, segments, cache=cache, progress=progress, is_cancelled=is_cancelled)
        for segments in to_hear_whole(session, analysis, brief)
    )
    return replace(analysis, whole_low_ends=tuple(each for each in found if each is not None))
