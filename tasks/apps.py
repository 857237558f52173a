from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        from . import chores  # noqa: F401  # registers them with the sweeper
