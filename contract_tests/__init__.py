"""Contract tests for the vendors' APIs: the same suite for the mock and for the real services."""
