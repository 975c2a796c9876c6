"""What the assistant hears: one module per family of measures; each a pure function of samples or blocks."""
