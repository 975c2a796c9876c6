"""Values that people read against raw values of REAPER."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawassist.errors import InputError
from dawassist.plan.raw_laws import raw_of, value_of

RANGES = {
    "gain": (-60.0, 12.0), "identity": (-1.0, 1.0), "milliseconds": (0.0, 100.0), "ReaEQ Freq": (20.0, 20000.0),
    "ReaEQ Gain": (-24.0, 12.0), "ReaEQ Q": (0.3, 10.0), "ReaComp Threshold": (-60.0, 0.0),
    "ReaComp Ratio": (1.0, 20.0), "ReaComp Attack": (0.0, 200.0), "ReaVerbate Initial delay": (0.0, 300.0),
}  # fmt: skip


@given(st.sampled_from(sorted(RANGES)), st.floats(0.0, 1.0))
def test_every_law_has_its_inverse(law: str, share: float) -> None:
    low, high = RANGES[law]
    value = low + share * (high - low)
    assert value_of(law, raw_of(law, value)) == pytest.approx(value, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("law", "value", "raw"),
    [("ReaEQ Freq", 5000.0, 0.739351), ("ReaEQ Gain", 0.0, 0.25), ("ReaComp Ratio", 4.0, 3 / 99),
     ("ReaComp Attack", 3.0, 0.006), ("ReaComp Wet", 0.0, 0.5), ("ReaEQ Q", 1.4142, 0.25), ("gain", -6.0206, 0.5)],
)  # fmt: skip
def test_published_points(law: str, value: float, raw: float) -> None:
    assert raw_of(law, value) == pytest.approx(raw, abs=2e-5)


@pytest.mark.parametrize("law", ["ReaEQ Wobble", "Nothing X", "cubic"])
def test_an_unknown_law_is_refused(law: str) -> None:
    with pytest.raises(InputError, match="unknown"):
        raw_of(law, 1.0)
