from django.apps import AppConfig


class GamificationConfig(AppConfig):
    name = "gamification"

    def ready(self) -> None:
        from . import chores, holdings, receivers  # noqa: F401  # registers them with sweeper, download and signals
