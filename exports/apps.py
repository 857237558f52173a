from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "exports"

    def ready(self) -> None:
        from . import chores, holdings  # noqa: F401  # registers them with the sweeper and the download
