"""English as in Britain."""
