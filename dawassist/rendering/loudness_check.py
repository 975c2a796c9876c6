"""Our loudness against the host's own: of the master and of up to three tracks, after their faders.

Where both differ by more than 0.5 LU, what we hear of that track is not what REAPER plays: it counts as measured
before its plug-ins. The master is compared with the sum of tracks, before plug-ins on buses and the master.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from dawassist.analysis.model import Analysis, BlockCovariance, Finding, LoudnessCheck, TrackAnalysis
from dawassist.analysis.prediction import contributions_lufs, mix_lufs
from dawassist.console.alone import alone
from dawassist.console.gains import Console
from dawassist.console.unmodelled import active_fx
from dawassist.daw import Daw, HostLoudness, IsCancelled, Progress
from dawassist.rendering.keys import as_heard
from dawassist.rendering.offer import CHECKED_TRACKS
from dawassist.session.findings import Evidence
from dawassist.session.graph import build_graph
from dawassist.session.model import MASTER_GUID, Session, Track
from dawassist.units import SILENCE_DB, counted

TOLERANCE_LU = 0.5
NOT_MEASURED = HostLoudness(integrated_lufs={}, failures={})
_NEVER_HEARD_LUFS = -70.0  # the absolute gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the host measured, and of which session between which seconds."""

    session: Session
    span: tuple[float, float]
    loudness: HostLoudness

    def still(self, session: Session, span: tuple[float, float]) -> HostLoudness:
        """The numbers of tracks that are as they were, and the master's if all of them are."""
        if span != self.span:
            return NOT_MEASURED
        before = {track.guid: as_heard(track) for track in (*self.session.tracks, self.session.master)}
        now = {track.guid: as_heard(track) for track in (*session.tracks, session.master)}
        same = {guid for guid in now if before.get(guid) == now[guid]} - {MASTER_GUID}
        same |= {MASTER_GUID} if before == now else set()
        found = {guid: lufs for guid, lufs in self.loudness.integrated_lufs.items() if guid in same}
        return HostLoudness(integrated_lufs=found, failures=self.loudness.failures if session is self.session else {})


def measure_loudness(
    daw: Daw, session: Session, analysis: Analysis, rendered: Collection[str], progress: Progress,
    is_cancelled: IsCancelled,
) -> Measured:  # fmt: skip
    """Asks the host for the range that was heard. Raises KnownError when it cannot measure, Cancelled.

    It marks the project modified: only in a pass that the engineer asked for.
    """
    span = analysis.start_seconds, analysis.end_seconds
    seconds = None if span == (0.0, session.length_seconds) else span
    guids = (*tracks_to_check(session, analysis, rendered), MASTER_GUID)
    found = daw.measure_loudness(guids, seconds=seconds, progress=progress, is_cancelled=is_cancelled)
    return Measured(session=session, span=span, loudness=found)


def tracks_to_check(session: Session, analysis: Analysis, rendered: Collection[str]) -> tuple[str, ...]:
    """Tracks with a sound of their own that play in the mix, loudest first: one that the host rendered, one with
    plug-ins that are modelled here, one without, and so on."""
    covariance, console = analysis.covariance, Console(session)
    if covariance is None:
        return ()
    fed = console.graph.fed
    levels = dict(zip(covariance.track_guids, contributions_lufs(covariance, console), strict=True))
    loudest = sorted((guid for guid in levels if levels[guid] > _NEVER_HEARD_LUFS), key=lambda guid: -levels[guid])
    kinds: dict[int, list[str]] = {0: [], 1: [], 2: []}
    for guid in loudest:
        track, measured = session.track(guid), analysis.track(guid)
        if track is not None and measured is not None and measured.measured_at == "after_chain" and guid not in fed:
            kinds[0 if guid in rendered else 1 if active_fx(track) else 2].append(guid)
    in_turn = chain.from_iterable(zip_longest(*kinds.values()))
    return tuple(guid for guid in in_turn if guid is not None)[:CHECKED_TRACKS]


def checked(session: Session, analysis: Analysis, measured: HostLoudness) -> Analysis:
    """The analysis with both numbers, and with what follows where they differ."""
    checks = [
        LoudnessCheck(track_guid=guid, host_lufs=host_lufs, own_lufs=own_lufs)
        for guid, host_lufs in measured.integrated_lufs.items()
        if (own_lufs := _own_lufs(session, analysis, guid)) is not None
    ]
    differing = {check.track_guid: check for check in checks if abs(check.difference_lu) > TOLERANCE_LU}
    tracks = tuple(_marked(session, each, differing.get(each.track_guid)) for each in analysis.tracks)
    findings = [_refused(session, guid, reason) for guid, reason in measured.failures.items()]
    if MASTER_GUID in differing:
        findings.append(_of_the_master(session, analysis, differing[MASTER_GUID]))
    return replace(analysis, tracks=tracks, findings=(*analysis.findings, *findings), loudness_checks=tuple(checks))


def differing(session: Session, analysis: Analysis, measured: HostLoudness) -> frozenset[str]:
    """The tracks, without the master, that the host plays at another loudness."""
    found = checked(session, analysis, measured).loudness_checks
    return frozenset(c.track_guid for c in found if abs(c.difference_lu) > TOLERANCE_LU) - {MASTER_GUID}


def not_checked(analysis: Analysis, reason: str) -> Analysis:
    sentence = f"Loudness was not compared with REAPER's own. {reason}"
    return replace(
        analysis, findings=(*analysis.findings, Finding(kind="approximate", track_guid="", sentence=sentence))
    )


def _own_lufs(session: Session, analysis: Analysis, guid: str) -> float | None:
    """What we would measure there; None where it is not known."""
    if guid == MASTER_GUID:
        return None if analysis.mix_loudness is None else analysis.mix_loudness.integrated_lufs
    track, covariance = session.track(guid), analysis.covariance
    if track is None or covariance is None or guid not in covariance.track_guids:
        return None
    return mix_lufs(_of_one(covariance, guid), Console(alone(session, track)))


def _of_one(covariance: BlockCovariance, guid: str) -> BlockCovariance:
    place = covariance.track_guids.index(guid)
    pair = slice(2 * place, 2 * place + 2)
    return replace(covariance, track_guids=(guid,), tensor=covariance.tensor[:, pair, pair], bands=None)


def _marked(session: Session, measured: TrackAnalysis, check: LoudnessCheck | None) -> TrackAnalysis:
    if check is None:
        return measured
    track = session.track(measured.track_guid)
    name = track.display_name if track else "A track"
    sentence = (
        f"{name} sounds different in REAPER: {_lufs(check.host_lufs)} there after its fader, "
        f"{_lufs(check.own_lufs)} here. It counts as measured before its plug-ins, and moves of it are less sure."
    )
    finding = Finding(
        kind="loudness_differs", track_guid=measured.track_guid, sentence=sentence, evidence=_evidence(check)
    )
    return replace(measured, measured_at="before_plugins", findings=(*measured.findings, finding))


def _of_the_master(session: Session, analysis: Analysis, check: LoudnessCheck) -> Finding:
    causes = _causes(session, analysis)
    sentence = (
        f"The master differs from the sum heard here: {_lufs(check.host_lufs)} in REAPER after its chain, "
        f"{_lufs(check.own_lufs)} here. "
        + (f"Not in the sum: {'; '.join(causes)}." if causes else "Why is not known: moves are less sure.")
    )
    return Finding(kind="loudness_differs", track_guid=MASTER_GUID, sentence=sentence, evidence=_evidence(check))


def _causes(session: Session, analysis: Analysis) -> list[str]:
    """What the sum lacks: plug-ins on the master and on tracks that others feed, tracks that are not heard whole."""
    fed = build_graph(session).fed
    places = [session.master, *(track for track in session.tracks if track.guid in fed)]
    causes = [
        f"{counted(len(active), 'plug-in')} on {place.display_name}" for place in places if (active := active_fx(place))
    ]
    unheard = [each for each in analysis.tracks if each.measured_at == "not_heard"]
    partly = [each for each in analysis.tracks if each.measured_at == "before_plugins"]
    causes += [f"{counted(len(unheard), 'track')} that cannot be heard"] if unheard else []
    return causes + ([f"plug-ins of {counted(len(partly), 'track')}"] if partly else [])


def _refused(session: Session, guid: str, reason: str) -> Finding:
    track: Track | None = session.track(guid)
    name = track.display_name if track else "a track"
    sentence = f"REAPER did not measure {name}: {reason}. Its loudness is not compared."
    return Finding(kind="approximate", track_guid=guid, sentence=sentence)


def _evidence(check: LoudnessCheck) -> tuple[Evidence, ...]:
    return (
        Evidence(text=f"REAPER: {_lufs(check.host_lufs)}", value=check.host_lufs, unit="LUFS"),
        Evidence(text=f"heard here: {_lufs(check.own_lufs)}", value=check.own_lufs, unit="LUFS"),
        Evidence(text=f"apart by {abs(check.difference_lu):.1f} LU", value=abs(check.difference_lu), unit="LU"),
    )


def _lufs(value: float) -> str:
    return f"{value:.1f} LUFS" if value > SILENCE_DB else "silence"
