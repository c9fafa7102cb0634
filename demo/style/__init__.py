"""The Style tab."""
