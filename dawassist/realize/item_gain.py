"""The gain of an item: what brings a take or a phrase to its neighbors, before fader and plug-ins."""

from dawassist.intents import ItemGainIntent
from dawassist.plan.controls import why_not_tool
from dawassist.plan.model import Change
from dawassist.session.model import Item, Track
from dawassist.session.targets import ItemTarget
from dawassist.units import SILENCE_DB, clock_text, db_to_gain

HIGHEST_ITEM_DB = 24.0
_TOLERANCE = 1e-5


def why_not_item_gain(track: Track, intent: ItemGainIntent) -> str:
    """Why the gain of that item is not to be written; "" when it may."""
    item = _item(track, intent.item_guid)
    if item is None:
        return "the item is no longer there."
    if item.locked:
        return "the item is locked."
    if track.freeze_count:
        return "it is frozen."
    return "the item's gain is at -inf." if item.level_db <= SILENCE_DB else why_not_tool(track)


def realize_item_gain(track: Track, intent: ItemGainIntent) -> Change:
    """The item must be there and may be written (`why_not_item_gain`)."""
    item = _item(track, intent.item_guid)
    assert item is not None
    after = min(item.level_db + intent.gain_db, max(HIGHEST_ITEM_DB, item.level_db))
    end_seconds = item.position_seconds + item.length_seconds
    expected = db_to_gain(item.level_db)
    return Change(
        target=ItemTarget(track_guid=track.guid, item_guid=item.guid),
        parameter=f"Item gain {clock_text(item.position_seconds)}–{clock_text(end_seconds)}",
        before=item.level_db,
        after=after,
        unit="dB",
        expected_raw=expected,
        desired_raw=db_to_gain(after),
        tolerance=_TOLERANCE * max(1.0, expected),
        raw_law="gain",
    )


def _item(track: Track, guid: str) -> Item | None:
    return next((item for item in track.items if item.guid == guid), None)
