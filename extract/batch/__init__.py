"""Many inputs in one run: what to read, reading it, and the account of it."""
