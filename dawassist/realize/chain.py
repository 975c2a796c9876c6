"""A track's chain as a place to put tools: which tool there is, what may be set, where a new one goes."""

from collections.abc import Iterable
from dataclasses import dataclass

from dawassist.fxmaps import FxMap, fx_map, fx_maps
from dawassist.fxmaps.categories import Category, categories_of
from dawassist.fxmaps.native import fresh_values
from dawassist.plan.model import Change
from dawassist.plan.raw_laws import raw_of, value_of
from dawassist.plan.tools_there import every_fx, plays, tools_there
from dawassist.session.edits import NEW, InsertFx
from dawassist.session.model import Fx, Track
from dawassist.session.targets import FxTarget, Target

TOLERANCE = 1e-4  # of a normalized value: 0.04 dB, 0.1 % of a frequency
_FULLY_WET = 0.999
_AFTER_EQUALIZERS: frozenset[Category] = frozenset(
    {"compressor", "saturation", "reverb", "delay", "limiter", "modulation"}
)
_AFTER_COMPRESSORS: frozenset[Category] = frozenset({"reverb", "delay", "limiter", "modulation"})
_SOURCES: frozenset[Category] = frozenset({"instrument", "amp"})
_STAGES: dict[str, tuple[int, frozenset[Category]]] = {
    "ReaEQ": (1, _AFTER_EQUALIZERS), "ReaComp": (2, _AFTER_COMPRESSORS),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """Advice for a tool that only the engineer can set: what to set on it, as a clause."""

    tool: str
    advice: str


def is_stock(fx: Fx, name: str) -> bool:
    known = fx_map(fx.ident, fx.name)
    return known is not None and known.name == name


def settable(track: Track, name: str) -> list[Fx]:
    """The stock plug-ins of that name, directly in the chain, that play whole and whose parameters are known."""
    return [fx for fx in track.fx if is_stock(fx, name) and plays(fx) and fx.parameters is not None and _is_whole(fx)]


def by_hand_tool(track: Track, category: Category, stock: str) -> str:
    """In words the tool of a category that keeps a stock one from being inserted or set beside it: a third-party one,
    or one that the engineer has switched off. "" when there is none."""
    found = tools_there(track, category)
    playing = [fx for fx in found if plays(fx)]
    if not found or any(is_stock(fx, stock) for fx in playing):
        return ""
    return playing[0].name if playing else f"{found[0].name}, which is {'offline' if found[0].offline else 'bypassed'}"


def unsettable_tool(track: Track, category: Category, why: str) -> str:
    """In words a tool of a category that is there and cannot be set, so that no second one goes beside it."""
    return next((f"{fx.name}, which {why}" for fx in tools_there(track, category)), "")


def automated_idents(fx: Fx) -> set[str]:
    return {e.parameter_ident for e in fx.envelopes if e.active and e.point_count}


def new_fx(track: Track, name: str, config: tuple[tuple[str, str], ...] = ()) -> InsertFx:
    """A new stock plug-in at its place: behind instruments and amplifiers, whose drive stays as it is; equalizers
    before compression and colour, both before ambience and limiting."""
    stage, behind = _STAGES[name]
    chain = list(track.fx)
    first = next((k for k, fx in enumerate(chain) if plays(fx) and _categories(fx) & behind), len(chain))
    sources = [k for k, fx in enumerate(chain) if _categories(fx) & _SOURCES]
    place = max(first, sources[-1] + 1 if sources else 0)
    return stock_fx(
        name, track.guid, after_fx_guid=chain[place - 1].guid if place else "", creates=f"{NEW}{name}@{track.guid}",
        label=f"{track.display_name} · new {name}", config=config, stage=stage,
    )  # fmt: skip


def stock_fx(
    name: str, track_guid: str, *, after_fx_guid: str, creates: str, label: str,
    config: tuple[tuple[str, str], ...] = (), stage: int = 0,
) -> InsertFx:  # fmt: skip
    known = fx_maps()[name]
    return InsertFx(
        track_guid=track_guid, fx_name=known.fx_names[0], fx_files=known.files, after_fx_guid=after_fx_guid,
        creates=creates, label=label, config=config, stage=stage,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """The parameters of one stock plug-in, there already (`fx`) or about to be inserted as `guid`."""

    track: Track
    known: FxMap
    guid: str
    fx: Fx | None = None

    def change(
        self, index: int, parameter: str, after: float, *, law: str, unit: str, before: float | None = None,
        ident: str = "", is_whole: bool = False,
    ) -> Change:  # fmt: skip
        """Parameter `index` set to `after` in `unit`; `before` is what people read as its present value.

        `ident` is the parameter's after a change of configuration; otherwise the plug-in's own is used.
        """
        own = self.fx.parameters[index] if self.fx and self.fx.parameters else None
        desired = raw_of(law, after)
        expected = own.normalized if own else fresh_values(self.known.name)[index]
        was = value_of(law, expected) if before is None else before
        return Change(
            target=self.target(ident or (own.ident if own else self.known.parameters()[index].ident)),
            parameter=parameter, before=was, after=after, unit=unit, expected_raw=expected, desired_raw=desired,
            tolerance=TOLERANCE, raw_law=law, is_whole=is_whole,
        )  # fmt: skip

    def target(self, ident: str) -> FxTarget:
        return FxTarget(
            track_guid=self.track.guid, fx_guid=self.guid, fx_ident=self.fx.ident if self.fx else "", param_ident=ident
        )

    def is_taken(self, indices: Iterable[int], taken: Iterable[Target]) -> bool:
        """Whether an earlier card moves one of these parameters, whatever they are called then."""
        wanted = {f"{index}:" for index in indices}
        return any(
            isinstance(t, FxTarget)
            and (t.track_guid, t.fx_guid) == (self.track.guid, self.guid)
            and t.param_ident.partition(":")[0] + ":" in wanted
            for t in taken
        )


def _is_whole(fx: Fx) -> bool:
    tail = {p.ident: p.normalized for p in fx.parameters or () if p.ident.startswith(":")}
    return tail.get(":wet", 1.0) >= _FULLY_WET and tail.get(":delta", 0.0) < 0.5


def _categories(fx: Fx) -> frozenset[Category]:
    return frozenset().union(*(categories_of(each.name, each.ident) for each in every_fx((fx,))))
