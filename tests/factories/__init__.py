"""The least that a test needs, made the way the product makes it."""
