from django.apps import AppConfig


class IngestionConfig(AppConfig):
    name = "ingestion"

    def ready(self) -> None:
        from . import chores  # noqa: F401  # registers them with the sweeper
