"""Compile an OpenAPI document into operations that validate both ways and run vendor code."""
