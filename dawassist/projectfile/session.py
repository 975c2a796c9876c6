"""A project file as a `Session`. What a file holds and we do not know is absent here and kept in the file."""

import hashlib
from pathlib import Path

from dawassist.projectfile.fields import OwnLines, pan_law_db, pan_mode
from dawassist.projectfile.tracks import read_master, read_tracks
from dawassist.rpp.tree import Element, Project
from dawassist.session.model import Fingerprint, Marker, Session, TempoPoint
from dawassist.units import physical

_DEFAULT_SAMPLE_RATE_HZ = 44100  # what REAPER starts with; files before REAPER 3 hold none
_MONO = 4  # flag of MASTERMUTESOLO
_REGION = 1  # flag of MARKER


def read_session(project: Project, path: Path, content: bytes) -> Session:
    """`path` names the project, `content` is the file that was parsed. Raises RppError with the line number."""
    root = project.root
    own = OwnLines(root)
    default_pan_mode = pan_mode(own["PANMODE"].integer_at(1, 0), "classic")
    sample_rate_hz = own["SAMPLERATE"].integer_at(1, 0) or _DEFAULT_SAMPLE_RATE_HZ
    tracks = read_tracks(root, default_pan_mode, sample_rate_hz)
    law = own["PANLAW"].number_at(1, 1.0)
    ends = (item.position_seconds + item.length_seconds for track in tracks for item in track.items)
    return Session(
        fingerprint=Fingerprint(
            project_path=str(path), instance="", change_count=0, content_sha256=hashlib.sha256(content).hexdigest()
        ),
        sample_rate_hz=sample_rate_hz,
        tempo=_tempo(root, own),
        markers=_markers(root),
        pan_law_db=pan_law_db(law),
        pan_law_compensated=law > 1.0,
        play_rate=physical(own["PLAYRATE"].number_at(1, 1.0)),
        length_seconds=physical(max(ends, default=0.0)),
        time_selection=_time_selection(own),
        tracks=tracks,
        master=read_master(root, default_pan_mode),
        ruler_mode=own["TIMEMODE"].integer_at(1, 1),
        ruler_offset_seconds=physical(own["PROJOFFS"].number_at(1, 0.0)),
        measure_offset=own["PROJOFFS"].integer_at(2, 0),
        frame_rate=max(own["TIMEMODE"].integer_at(4, 30), 1),
        master_mono=bool(own["MASTERMUTESOLO"].integer_at(1, 0) & _MONO),
    )


def _tempo(root: Element, own: OwnLines) -> tuple[TempoPoint, ...]:
    """The tempo map; a point that sets no time signature keeps the one before it."""
    line = own["TEMPO"]
    numerator, denominator = line.integer_at(2, 4), line.integer_at(3, 4)
    points = [TempoPoint(time_seconds=0.0, bpm=physical(line.number_at(1, 120.0)), numerator=numerator,
                         denominator=denominator)]  # fmt: skip
    envelope = root.find("TEMPOENVEX")
    for point in envelope.lines("PT") if envelope else ():
        signature = point.integer_at(4, 0)
        if signature:
            denominator, numerator = divmod(signature, 65536)
        time_seconds = physical(point.number_at(1, 0.0))
        if time_seconds == points[-1].time_seconds:
            points.pop()
        points.append(
            TempoPoint(
                time_seconds=time_seconds,
                bpm=physical(point.number_at(2, 120.0)),
                numerator=numerator,
                denominator=denominator,
            )
        )
    return tuple(points)


def _markers(root: Element) -> tuple[Marker, ...]:
    """Markers and regions in file order; a region is two MARKER lines with the same number."""
    found: list[Marker] = []
    open_regions: dict[int, int] = {}
    for line in root.lines("MARKER"):
        number, time_seconds = line.integer_at(1, 0), physical(line.number_at(2, 0.0))
        is_region = bool(line.integer_at(4, 0) & _REGION)
        if is_region and number in open_regions:
            position = open_regions.pop(number)
            start = found[position]
            found[position] = Marker(
                number=number, name=start.name, start_seconds=start.start_seconds, end_seconds=time_seconds
            )
            continue
        if is_region:
            open_regions[number] = len(found)
        found.append(Marker(number=number, name=line.text(3), start_seconds=time_seconds))
    return tuple(found)


def _time_selection(own: OwnLines) -> tuple[float, float] | None:
    first, second = (physical(own["SELECTION"].number_at(index, 0.0)) for index in (1, 2))
    return None if first == second else (min(first, second), max(first, second))
