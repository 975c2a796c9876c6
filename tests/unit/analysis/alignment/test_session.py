"""The pairs of a session: found by sound alone, heard once, and said what they are."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dawassist.analysis.alignment.session import find_pairs
from dawassist.analysis.cache import AnalysisCache
from dawassist.analysis.model import Activity, Analysis, TrackAnalysis
from dawassist.analysis.pairs import TrackPair
from dawassist.errors import Cancelled
from dawassist.plan.wording import sentence_faults
from dawassist.session.model import Item, Session
from tests.sessions import make_guid, make_item, make_session, make_take, make_track
from tests.unit.analysis.alignment.test_estimator import Mono, hits, later

RATE = 16000
SECONDS = 15.0
SOURCE, LATE, OTHER = make_guid(1), make_guid(2), make_guid(3)


def session_of(folder: Path, *signals: Mono, items: Sequence[Sequence[Item]] = ()) -> Session:
    tracks = []
    for number, signal in enumerate(signals, start=1):
        soundfile.write(folder / f"{number}.wav", signal, RATE, subtype="FLOAT")
        own = items[number - 1] if items else [make_item(f"{number}.wav", length_seconds=SECONDS)]
        tracks.append(make_track(number=number, name=f"Track {number}", items=own))
    return make_session(tracks, folder=folder, sample_rate_hz=RATE)


def heard(session: Session) -> Analysis:
    tracks = tuple(
        TrackAnalysis(
            track_guid=track.guid, measured_at="after_chain", loudness=None, is_mono=True, findings=(),
            activity=Activity(share=1.0, segments=((0.0, SECONDS),)),
        )
        for track in session.tracks
    )  # fmt: skip
    return Analysis(
        fingerprint=session.fingerprint, sample_rate_hz=RATE, start_seconds=0.0, end_seconds=SECONDS, tracks=tracks,
        mix_loudness=None, covariance=None, findings=(),
    )  # fmt: skip


def pairs_of(session: Session, cache: AnalysisCache | None = None) -> tuple[TrackPair, ...]:
    return find_pairs(session, heard(session), cache=cache)


def test_only_tracks_of_one_source_are_pairs(tmp_path: Path) -> None:
    source = hits(1)
    session = session_of(tmp_path, source, -0.5 * later(source, 48) + 0.05 * hits(5), hits(2), hits(3))
    (pair,) = pairs_of(session)
    assert (pair.reference_guid, pair.other_guid, pair.verdict) == (SOURCE, LATE, "offset")
    assert pair.inverted
    assert pair.delay_seconds == pytest.approx(0.003, abs=1e-5)
    assert pair.confidence >= 0.95


def test_what_fits_is_aligned_and_a_copy_is_a_duplicate(tmp_path: Path) -> None:
    source = hits(1)
    session = session_of(tmp_path, source, source + 0.3 * hits(2), 0.5 * later(source, 1))
    verdicts = {pair.other_guid: pair.verdict for pair in pairs_of(session) if pair.reference_guid == SOURCE}
    assert verdicts == {LATE: "aligned", OTHER: "duplicate"}


def test_the_tracks_own_delay_counts(tmp_path: Path) -> None:
    session = session_of(tmp_path, hits(1), hits(1) + 0.2 * hits(2))
    late = replace(session, tracks=(session.tracks[0], replace(session.tracks[1], delay_seconds=0.004)))
    (pair,) = pairs_of(late)
    assert pair.delay_seconds == pytest.approx(0.004, abs=1e-5)


def test_items_that_lie_differently_make_the_delay_vary(tmp_path: Path) -> None:
    half = SECONDS / 2
    first = make_item("2.wav", length_seconds=half)
    second = make_item(
        take=make_take("2.wav", start_offset_seconds=half), position_seconds=half + 0.01, length_seconds=half - 0.01
    )
    both = [[make_item("1.wav", length_seconds=SECONDS)], [first, second]]
    (pair,) = pairs_of(session_of(tmp_path, hits(1), hits(1) + 0.1 * hits(2), items=both))
    assert pair.verdict == "varies"
    delays = [stretch.delay_seconds for stretch in pair.stretches]
    assert delays == pytest.approx([0.0, 0.01], abs=1e-4)


def test_edits_that_lie_alike_do_not(tmp_path: Path) -> None:
    items = [
        [
            make_item(f"{n}.wav", length_seconds=7.0),
            make_item(take=make_take(f"{n}.wav", start_offset_seconds=7.0), position_seconds=7.0, length_seconds=8.0),
        ]
        for n in (1, 2)
    ]
    (pair,) = pairs_of(session_of(tmp_path, hits(1), later(hits(1), 20) + 0.1 * hits(2), items=items))
    assert (pair.verdict, pair.stretches) == ("offset", ())


def test_a_second_recorder_drifts(tmp_path: Path) -> None:
    import soxr

    source = hits(1)
    drifting = soxr.resample(source, RATE, RATE * (1.0 + 100e-6), "VHQ")
    padded = np.resize(drifting, len(source))
    (pair,) = pairs_of(session_of(tmp_path, source, padded))
    assert pair.verdict == "varies"
    assert pair.drift_ppm == pytest.approx(100.0, abs=15.0)


def test_what_is_known_is_not_read_again_and_a_changed_track_is(tmp_path: Path) -> None:
    cache = AnalysisCache(tmp_path / "cache")
    session = session_of(tmp_path, hits(1), later(hits(1), 20) + 0.1 * hits(2), hits(3))
    first = pairs_of(session, cache)
    read: list[str] = []
    find_pairs(session, heard(session), cache=cache, progress=lambda what, _done, _total: read.append(what))
    assert read == []
    assert pairs_of(session, cache) == first
    changed = replace(session, tracks=(*session.tracks[:2], replace(session.tracks[2], delay_seconds=0.001)))
    assert pairs_of(changed, cache) == first
    copied = session.tracks[0].items
    copy = replace(session, tracks=(*session.tracks[:2], replace(session.tracks[2], items=copied)))
    found = {(pair.reference_guid, pair.other_guid): pair.verdict for pair in pairs_of(copy, cache)}
    assert found == {(SOURCE, LATE): "offset", (SOURCE, OTHER): "duplicate", (LATE, OTHER): "offset"}


def test_a_cancel_ends_it(tmp_path: Path) -> None:
    session = session_of(tmp_path, hits(1), hits(2))
    with pytest.raises(Cancelled):
        find_pairs(session, heard(session), is_cancelled=lambda: True)


def test_missing_files_and_single_tracks_are_no_pairs(tmp_path: Path) -> None:
    session = session_of(tmp_path, hits(1), hits(1))
    (tmp_path / "2.wav").unlink()
    assert pairs_of(session) == ()
    assert pairs_of(replace(session, tracks=session.tracks[:1])) == ()


def test_the_evidence_counts_hits_and_excerpts_in_a_mixers_words(tmp_path: Path) -> None:
    (pair,) = pairs_of(session_of(tmp_path, hits(1), later(hits(1), 48) + 0.02 * hits(2)))
    texts = [line.text for line in pair.evidence]
    assert "hits agree on 3.00 ms (48.0 samples, 1.0 m) and the same polarity" in texts[0]
    assert texts[1].startswith("5 of 5 excerpts")
    assert sentence_faults(*texts) == []
    peak = max(zip(pair.plot[0].y, pair.plot[0].x, strict=True))
    assert peak == (1.0, pytest.approx(3.0, abs=0.1))


def test_the_same_file_twice_is_a_duplicate_however_low_it_is(tmp_path: Path) -> None:
    times = np.arange(round(SECONDS * RATE)) / RATE
    low = (np.sin(2 * np.pi * 50 * times) * np.exp(-6.0 * (times % 0.5))).astype(np.float32)
    (pair,) = pairs_of(session_of(tmp_path, low, 0.7 * low))
    assert pair.verdict == "duplicate"


def low_pair(at: float = 0.05) -> tuple[Mono, Mono, Mono]:
    """A dull source in two microphones, the second 40 samples late and inverted, and what bleeds into both."""
    from scipy.signal import butter, sosfilt

    source = sosfilt(butter(4, 300, fs=RATE, output="sos"), hits(1)).astype(np.float32)
    other = hits(7)
    return source + at * other, -later(source, 40) + at * later(other, 333), other


def test_a_pair_that_bleed_hides_is_told_by_what_other_tracks_explain(tmp_path: Path) -> None:
    found = pairs_of(session_of(tmp_path, *low_pair()))
    (pair,) = [each for each in found if {each.reference_guid, each.other_guid} == {SOURCE, LATE}]
    assert (pair.verdict, pair.inverted, pair.without_guids) == ("offset", True, (OTHER,))
    assert pair.delay_seconds == pytest.approx(40 / RATE, abs=2 / RATE)
    assert pair.evidence[-1].text == "That is told after what both hear of 1 other track was taken away."
    assert sentence_faults(*(line.text for line in pair.evidence)) == []
    alone = pairs_of(session_of(tmp_path, *low_pair()[:2]))
    assert [each.verdict for each in alone] == ["unsure"]


def test_what_was_told_with_the_help_of_a_track_is_heard_again_when_that_changes(tmp_path: Path) -> None:
    cache = AnalysisCache(tmp_path / "cache")
    session = session_of(tmp_path, *low_pair())
    first = pairs_of(session, cache)
    assert pairs_of(session, cache) == first
    soundfile.write(tmp_path / "4.wav", hits(9), RATE, subtype="FLOAT")
    without = [make_item("4.wav", length_seconds=SECONDS)]
    changed = replace(session, tracks=(*session.tracks[:2], replace(session.tracks[2], items=without)))
    assert pairs_of(changed, cache) == pairs_of(changed)
    assert "unsure" in {pair.verdict for pair in pairs_of(changed, cache)}
