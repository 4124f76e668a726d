"""How dates and times are written, by language. Django's own formats stand where we have none."""
