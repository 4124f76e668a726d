"""The floor as a Django app."""

from django.apps import AppConfig


class FloorConfig(AppConfig):
    """Named "floor", wherever this folder lies."""

    name = "bench.floor"
    label = "floor"
