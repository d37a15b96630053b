"""Made-up forms with known answers: what a form says, how it is written down, and how it gets damaged."""
