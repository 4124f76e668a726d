"""Tests with a real browser against a real server, on the real demo."""
