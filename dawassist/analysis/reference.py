"""What a reference recording and the session's own mix have in common and apart."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MixSound:
    """`balance_db` per third octave at `center_hz`, its K-weighted sum at 0 dB.

    `lead_db`: the center of the voice's band over everything else; None where no lead is told, and `no_lead` says why.
    """

    loudness_lufs: float
    center_hz: tuple[float, ...]
    balance_db: tuple[float, ...]
    lead_db: float | None
    no_lead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceComparison:
    """A reference and the mix as it stands, measured alike. `track_guid` is "" for a file."""

    name: str
    track_guid: str
    reference: MixSound
    mix: MixSound

    @property
    def tone_db(self) -> tuple[float, ...]:
        """How much more the reference has, per third octave."""
        pairs = zip(self.reference.balance_db, self.mix.balance_db, strict=True)
        return tuple(one - other for one, other in pairs)

    @property
    def lead_db(self) -> float | None:
        """How much more its lead stands out; None where one of both has none that is told."""
        if self.reference.lead_db is None or self.mix.lead_db is None:
            return None
        return self.reference.lead_db - self.mix.lead_db
