"""The technical pass, with which every strategy begins: one module per kind of fault; `whole_pass` joins them."""

from dawassist.strategies.technical.whole_pass import technical_pass, tracks_to_correct, with_technical

__all__ = ["technical_pass", "tracks_to_correct", "with_technical"]
