"""What persons say of values that were read: that one is right, or what it is in truth."""
