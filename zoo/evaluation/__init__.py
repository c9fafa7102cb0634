"""What measures the models; nothing that serves imports it."""
