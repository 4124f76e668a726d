"""Measures what pages cost beside the least that such pages could cost. See bench/README.md."""
