"""Recommendations: what to change, by how much, why, and what it will do."""
