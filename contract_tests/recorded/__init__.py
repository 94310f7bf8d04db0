"""A user's own traffic, as a HAR file: held to the spec, and sent again to the mock."""
