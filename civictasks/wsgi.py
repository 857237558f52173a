import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civictasks.settings")
application = get_wsgi_application()

# isort: split
from civictasks.watching.metering import forget_the_dead  # noqa: E402  # it needs Django set up

forget_the_dead()
