"""Folders and zips of pictures, and their indexes."""
