"""`studio`, the default way to mix: one module per kind of move; `strategy` puts them together."""

from dawassist.strategies.studio.strategy import Studio, situation_of, solved_balance

__all__ = ["Studio", "situation_of", "solved_balance"]
