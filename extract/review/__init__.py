"""A report of a run as pages for a browser: each form beside its source, to check values and to correct them."""
