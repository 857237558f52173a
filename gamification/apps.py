from django.apps import AppConfig


class GamificationConfig(AppConfig):
    name = "gamification"

    def ready(self) -> None:
        from . import chores, receivers  # noqa: F401  # registers them with the sweeper and the signals of tasks
