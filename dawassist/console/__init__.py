"""The mixing console model: gains from every fader input to the master output, prediction and rendering."""
