"""Typed words and their vectors."""
