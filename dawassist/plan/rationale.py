"""Reasons in a mixer's words, made from the very numbers that they print."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dawassist.plan.level_prior import LevelTarget, RoleLevel
from dawassist.plan.mix_state import Margin
from dawassist.plan.model import Rationale
from dawassist.plan.priors import RolePrior, priors
from dawassist.session.findings import Evidence, PlotSeries
from dawassist.units import pan_text

_NAME_LENGTH = 32
_SAME_DB = 0.15


def hidden_lead(
    name: str, margin: Margin, target_db: float, others: dict[str, float], *, unheard: str = ""
) -> Rationale:
    """`others`: loudness of the louder tracks by name, LUFS, for the plot. `unheard`: whose plug-ins were not heard."""
    before = Evidence(text=f"Measured before {unheard}: their gain is not in these numbers.", value=0.0, unit="")
    return Rationale(
        headline=f"{shortened(name)}: {-margin.median_db:.1f} dB under the rest in the sung passages",
        evidence=(
            Evidence(
                text=f"Median over {margin.blocks} blocks of 400 ms in which it sings: {margin.median_db:.1f} dB "
                "against everything else (K-weighted).",
                value=margin.median_db,
                unit="dB",
            ),
            Evidence(
                text=f"In {margin.buried_share:.0%} of them it lies more than 10 dB under.",
                value=margin.buried_share,
                unit="share",
            ),
            Evidence(text=f"The move brings the median to {target_db:.1f} dB.", value=target_db, unit="dB"),
            *((before,) if unheard else ()),
        ),
        sources=("ITU-R BS.1770-4 weighting; threshold from artist balances of four CC0 songs",),
        plot_kind="loudness_bars",
        plot=_bars(others),
    )


def hard_panned(name: str, role: str, pan: float, prior: RolePrior | None) -> Rationale:
    evidence = [Evidence(text=f"It sits at {pan_text(pan)}.", value=pan, unit="pan")]
    if prior is not None and prior.pan_centered_share is not None:
        share = prior.pan_centered_share
        evidence.append(
            Evidence(
                text=f"{share:.0%} of {prior.pan_tracks} {spoken(role)} tracks in engineers' mixes sit in the center.",
                value=share,
                unit="share",
            )
        )
    return Rationale(
        headline=f"{shortened(name)} at {pan_text(pan)}: the {_what(role)} is missing on the other side",
        evidence=tuple(evidence),
        sources=(priors().source,),
        plot_kind="stereo_field",
        plot=(PlotSeries(label=name, x=(pan, 0.0), y=(1.0, 1.0)),),
    )


def outside_human_range(
    name: str, role: str, relative_lu: float, gap_lu: float, spread_lu: float, prior: RoleLevel
) -> Rationale:
    """`gap_lu`: what brings the track to where engineers keep one that is recorded as loud."""
    distance = f"{abs(gap_lu):.1f} LU {'under' if gap_lu > 0.0 else 'over'}"
    kept_lu = relative_lu + gap_lu
    return Rationale(
        headline=f"{shortened(name)}: {distance} where engineers keep {spoken(role)}",
        evidence=(
            Evidence(text=f"It lies {relative_lu:+.1f} LU from the mean of all tracks.", value=relative_lu, unit="LU"),
            Evidence(
                text=f"Recorded as loud as it is, engineers keep one at {kept_lu:+.1f} LU (from {prior.tracks} "
                f"{spoken(role)} tracks).",
                value=kept_lu,
                unit="LU",
            ),
            Evidence(
                text=f"They differ by {spread_lu:.1f} LU about it; the move ends where they differ, never past it.",
                value=spread_lu,
                unit="LU",
            ),
        ),
        sources=(priors().source,),
        plot_kind="loudness_bars",
        plot=_bars({name: relative_lu, "range low": kept_lu - spread_lu, "range high": kept_lu + spread_lu}),
    )


def rough_balance(
    name: str, role: str, relative_lu: float, target: LevelTarget, move_db: float, pan_way: float
) -> Rationale:
    """`target`: where engineers keep such a track, recorded as loud as this one."""
    evidence = [
        Evidence(text=f"It lies {relative_lu:+.1f} LU from the mean of all tracks.", value=relative_lu, unit="LU"),
        Evidence(
            text=f"Engineers keep {spoken(role)} tracks that are recorded like this at {target.level_lu:+.1f} LU; they "
            f"differ by {target.spread_lu:.1f} LU about it. All moves of the card leave the mix as loud as it is.",
            value=target.level_lu,
            unit="LU",
        ),
    ]
    if pan_way:
        evidence.append(
            Evidence(
                text=f"Half of the {spoken(role)} tracks that engineers pan lie further out than {abs(pan_way):.0%}.",
                value=abs(pan_way),
                unit="pan",
            )
        )
    headline = (
        f"{shortened(name)}: {move_db:+.1f} dB toward where engineers keep {spoken(role)}"
        if move_db
        else f"{shortened(name)}: out to the sides, {abs(pan_way):.0%} left and right"
    )
    return Rationale(
        headline=headline,
        evidence=tuple(evidence),
        sources=(priors().source,),
        plot_kind="loudness_bars",
        plot=_bars({name: relative_lu, "engineers": target.level_lu}),
    )


def buried_lead(found: Rationale, share_before: float, share_after: float) -> Rationale:
    """With the masking reason of a lead that moves inside the spread between engineers."""
    text = (
        f"In {share_before:.0%} of the sung blocks it lies more than 6 dB under the rest at 1–4 kHz; "
        f"after the card in {share_after:.0%}."
    )
    line = Evidence(text=text, value=share_before, unit="share")
    return replace(found, evidence=(line, *found.evidence))


def clear_lead(found: Rationale, name: str, move_db: float, clearance_db: tuple[float, float]) -> Rationale:
    """Of a lead that is lowered since it stands out; its median over the rest before and after, dB."""
    before_db, after_db = clearance_db
    lies = f"Where it sings, it lies {before_db:.1f} dB over the rest in the median"
    text = f"{lies}, at 1–4 kHz or on a small speaker that plays from 120 or 400 Hz to 4 kHz."
    after = f"After the card it lies {after_db:.1f} dB over it."
    return replace(
        found,
        headline=f"{shortened(name)}: {move_db:+.1f} dB, it stands {before_db:.1f} dB over the rest where it sings",
        evidence=(
            Evidence(text=text, value=before_db, unit="dB"),
            Evidence(text=after, value=after_db, unit="dB"),
            *found.evidence,
        ),
    )


def uneven_lead(found: Rationale, held_db: float) -> Rationale:
    """Of a lead that is buried in places and would stand out elsewhere."""
    text = f"{held_db:.1f} dB more for what is still buried would make it stand out elsewhere: that is left to rides."
    return replace(found, evidence=(*found.evidence, Evidence(text=text, value=held_db, unit="dB")))


def with_room(found: Rationale, lowered: Mapping[str, float]) -> Rationale:
    """Says what is lowered for a lead, dB by name."""
    names = ", ".join(f"{shortened(name)} {way_db:+.1f} dB" for name, way_db in lowered.items())
    text = f"{names}: louder than any other at 1–4 kHz where it sings; lowered, they leave the mix as loud as it is."
    line = Evidence(text=text, value=min(lowered.values()), unit="dB")
    return replace(found, evidence=(*found.evidence, line))


CHANGES_THE_MIX = "A card of its own: it changes what the master gets, which all other cards leave as it is."


def changing_the_mix(found: Rationale) -> Rationale:
    """Says that a move is not taken back by others."""
    return replace(found, evidence=(*found.evidence, Evidence(text=CHANGES_THE_MIX, value=0.0, unit="")))


def demanded(name: str, moves: Sequence[str], constraints: Sequence[str]) -> Rationale:
    """`moves` in words, with their numbers; `constraints` that ask for them."""
    return Rationale(
        headline=f"{shortened(name)}: {', '.join(moves)}, as the brief demands",
        evidence=tuple(Evidence(text=f"The brief: {each}.", value=0.0, unit="") for each in constraints),
        sources=("the brief",),
    )


def with_what_held(found: Rationale, wanted_db: float, made_db: float) -> Rationale:
    """Says so where all moves together, or the brief, left less or more of a move than it was wanted."""
    if abs(wanted_db - made_db) < _SAME_DB:
        return found
    text = f"Alone it would be {wanted_db:+.1f} dB; with the other moves, the chains and the brief {made_db:+.1f} dB."
    return replace(found, evidence=(*found.evidence, Evidence(text=text, value=made_db, unit="dB")))


def with_more_to_come(found: Rationale, margin_db: float, left_db: float) -> Rationale:
    """Of a lead that one plan does not bring up all the way: what the next one proposes."""
    text = (
        f"With all moves of the plan it still lies {-margin_db:.1f} dB under the rest: one plan goes no further; "
        f"the next one proposes up to {left_db:.1f} dB more."
    )
    return replace(found, evidence=(*found.evidence, Evidence(text=text, value=left_db, unit="dB")))


def spoken(role: str) -> str:
    return role.replace("_", " ")


def shortened(name: str, length: int = _NAME_LENGTH) -> str:
    return name if len(name) <= length else name[: length - 1] + "…"


def _what(role: str) -> str:
    return "voice" if role == "lead_vocal" else "low end"


def _bars(levels: dict[str, float]) -> tuple[PlotSeries, ...]:
    return tuple(
        PlotSeries(label=label, x=(float(place),), y=(level,)) for place, (label, level) in enumerate(levels.items())
    )
