"""What the project is made of: pinned packages with their hashes, their licences, and a bill of materials."""
