"""Seed files: records as YAML or JSON, read, checked and written."""
