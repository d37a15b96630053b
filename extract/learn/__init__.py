"""Words that a form profile would need for what persons corrected to be read right at once."""
