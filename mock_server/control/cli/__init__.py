"""The commands that control a running server."""
