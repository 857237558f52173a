from django.apps import AppConfig


class CivicTasksConfig(AppConfig):
    name = "civictasks"

    def ready(self) -> None:
        from .watching import chores  # noqa: F401  # registers them with the sweeper
