"""What a brief asks for beyond the usual."""

from pathlib import Path

import pytest

from dawassist.errors import InputError
from dawassist.plan.brief import Brief, load_brief


def test_extras_are_read_and_unknown_ones_are_refused(tmp_path: Path) -> None:
    assert Brief().extras == frozenset()
    path = tmp_path / "brief.toml"
    path.write_text('extras = ["delay", "new_envelopes"]\n', encoding="utf-8")
    assert load_brief(path).extras == {"delay", "new_envelopes"}
    path.write_text('extras = ["flanger"]\n', encoding="utf-8")
    with pytest.raises(InputError, match="flanger"):
        load_brief(path)
