"""The panel: what the engineer sees. Only this package needs Qt."""
