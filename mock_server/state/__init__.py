"""Sandboxes and the persistent state in them; knows nothing of HTTP or of any vendor."""
