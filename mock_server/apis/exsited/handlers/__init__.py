"""Exsited's operations, one module for each part of an item."""
