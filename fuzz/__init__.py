"""Fuzzing that coverage guides: targets, and what runs them. See ``docs/reliability.md``."""
