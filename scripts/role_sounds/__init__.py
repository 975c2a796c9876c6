"""Labelled sounds that the model of `dawassist.plan.role_by_sound` is fitted on."""
