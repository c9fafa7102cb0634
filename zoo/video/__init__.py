"""Clips and how their pictures move."""
