"""Style transfer: in one pass, and by optimisation."""
