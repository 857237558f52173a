import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civictasks.settings")
application = get_wsgi_application()

# isort: split
from civictasks.watching.metering import forget_the_dead  # noqa: E402  # it needs Django set up

forget_the_dead()
assert get_resolver().url_patterns  # the pages are loaded before the first visitor comes
gc.freeze()  # what is loaded stays: looking it through for garbage took a twentieth of the processor time
gc.set_threshold(10_000)
