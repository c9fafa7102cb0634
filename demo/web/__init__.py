"""What all tabs share."""
