from typing import Any

from django.core.management.base import BaseCommand

from civictasks.sample.filling import fill_sample


class Command(BaseCommand):
    help = "Fill in the sample: three projects on drawn cards, registers and newspapers."

    def handle(self, *args: Any, **options: Any) -> None:
        fill_sample()
