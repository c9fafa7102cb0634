"""Training: one script a network, run as ``python -m zoo train NAME``; nothing that serves users imports it."""
