"""Asking what runs left behind: an output folder as tables, joined views and SQL."""
