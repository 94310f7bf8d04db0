"""Data sets: records of a persona, of any number, streamed into a file."""
