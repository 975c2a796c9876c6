"""What a rendered stem depends on, as a short key: equal keys mean equal sound.

In it: items, media (path, size, time of change), plug-ins and envelopes of the track and of every track that feeds it,
as far as the session knows them; tempo, rate and length of the project; and REAPER's own digests of those tracks,
which hold notes and the whole state of plug-ins. Where REAPER cannot give such a digest, the key holds the project's
change count and the run of this program instead: such a stem is used again only in this run, while nothing changed.
Not in it: the version of a plug-in's program file.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace

from dawassist.analysis.keys import key_of, media_contents
from dawassist.daw import TrackState
from dawassist.session.graph import folder_parents
from dawassist.session.model import Session, Track

_BEFORE_FADER = ("volume_pre_fx", "pan_pre_fx", "width_pre_fx", "fx_parameter")


def stem_key(session: Session, track: Track, states: Mapping[str, TrackState], *, run: str) -> str:
    """`states` by GUID, of the track and of `feeding` tracks; missing ones are unknown."""
    feeders = feeding(session, track)
    own = states.get(track.guid, TrackState()).before_fader
    digests = [own, *(states.get(feeder.guid, TrackState()).whole for feeder in feeders)]
    mark = session.fingerprint
    return key_of(
        "stem",
        mark.project_path,
        track.guid,
        [asdict(fx) for fx in track.fx],
        [asdict(envelope) for envelope in track.envelopes if envelope.kind in _BEFORE_FADER],
        [track.fx_enabled, track.delay_seconds, track.channel_count, track.polarity_inverted],
        [asdict(replace(item, selected=False)) for item in track.items],
        [asdict(as_heard(feeder)) for feeder in feeders],
        [session.sample_rate_hz, session.length_seconds, session.play_rate, [asdict(t) for t in session.tempo]],
        media_contents(session, (track, *feeders)),
        digests if all(digests) else [mark.instance, mark.change_count, run],
    )


def feeding(session: Session, track: Track) -> tuple[Track, ...]:
    """Every track whose sound, key or notes reach `track`, directly or not, in session order."""
    parents = folder_parents(session)
    into: dict[str, list[str]] = {}
    for each in session.tracks:
        for destination in {*(send.destination_guid for send in each.sends), *[parents[each.guid]] * each.main_send}:
            into.setdefault(destination, []).append(each.guid)
    found = {track.guid: None}
    for guid in (waiting := [track.guid]):  # grows while feeders are followed
        fresh = [each for each in into.get(guid, ()) if each not in found]
        found.update(dict.fromkeys(fresh))
        waiting += fresh
    return tuple(each for each in session.tracks if each.guid in found and each.guid != track.guid)


def as_heard(track: Track) -> Track:
    """A track without what nobody hears: name, color, selection."""
    items = tuple(replace(item, selected=False) for item in track.items)
    return replace(track, number=0, name="", color=None, selected=False, locked=False, record_armed=False, items=items)
