"""Stateful mocks of real business APIs, driven by their OpenAPI documents."""

__version__ = "0.1.0"
