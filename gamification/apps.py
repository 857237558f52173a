from django.apps import AppConfig


class GamificationConfig(AppConfig):
    name = "gamification"

    def ready(self) -> None:
        from . import receivers  # noqa: F401  # connects them to the signals of tasks
