"""The live REAPER: discovery, connection, the agent's client, set-up and doctor."""
