"""Ways to mix, found by the entry point `dawassist.strategies`; `studio` is the default."""
