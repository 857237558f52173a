from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        from . import upkeep  # noqa: F401  # registers the chores
