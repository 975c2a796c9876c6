"""From media files and items to each track's signal, in blocks."""
