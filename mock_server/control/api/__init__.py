"""The control API as the server answers it: its handlers, its views and who may call it."""
