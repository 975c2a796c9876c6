"""Delay and polarity between tracks that carry one source: from a quick screening of all pairs to a judged verdict."""
