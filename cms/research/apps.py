from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "cms.research"
    label = "research"
