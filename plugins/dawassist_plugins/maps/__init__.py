"""Parameter maps of plug-ins, one TOML file each."""
