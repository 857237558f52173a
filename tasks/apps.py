from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        from . import holdings, receivers, upkeep  # noqa: F401  # registers what is held, listeners and chores
