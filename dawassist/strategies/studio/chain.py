"""What the engineer's own equalizers and tools on a track do already: a reason to leave it alone."""

from dawassist.console.chain import chain_of
from dawassist.console.equalizer import EqualizerBand, EqualizerSettings
from dawassist.session.model import Session, Track


def equalizer_bands(session: Session, track: Track) -> tuple[EqualizerBand, ...]:
    """The bands that are on, of every equalizer of the track that is modelled."""
    settings = (insert.settings for insert in chain_of(session, track).inserts)
    return tuple(band for each in settings if isinstance(each, EqualizerSettings) for band in each.bands)


def has_high_pass(session: Session, track: Track) -> bool:
    return any(band.kind == "high_pass" for band in equalizer_bands(session, track))


def has_cut(session: Session, track: Track, low_hz: float, high_hz: float) -> bool:
    """Whether a bell or shelf of its own lowers something between the two frequencies already."""
    return any(
        band.gain_db < 0.0 and low_hz <= band.cutoff_frequency_hz <= high_hz for band in equalizer_bands(session, track)
    )
