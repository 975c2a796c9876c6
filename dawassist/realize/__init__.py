"""From intents to changes on controls that this session has."""
