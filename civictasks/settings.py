"""One settings file; what differs between machines comes from the environment (docs/architecture.md)."""

import os
import tomllib
from datetime import timedelta
from pathlib import Path

from django.utils.csp import CSP

from .environment import database, env_bool, env_int, env_list, env_networks, kept_secret, redis_url

BASE_DIR = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("CIVICTASKS_DATA") or BASE_DIR / "var").absolute()
DATA.mkdir(mode=0o700, parents=True, exist_ok=True)  # sessions and answers are nobody else's
FILES = DATA / "files"
FILES_BY_PROXY = os.environ.get("FILES_BY_PROXY", "")  # where the proxy keeps them: it sends what the site allows
METRICS = DATA / "metrics"
METRICS.mkdir(exist_ok=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS)  # prometheus_client reads it when it is imported
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret(DATA / "secret_key")
ALLOWED_HOSTS = [*env_list("ALLOWED_HOSTS", []), "127.0.0.1", "localhost", "[::1]"]  # who looks after the site is near
CSRF_TRUSTED_ORIGINS = env_list("TRUSTED_ORIGINS", [])
TRUSTED_PROXIES = env_networks("TRUSTED_PROXIES")  # whose X-Forwarded-For is believed, as what a Unix socket brings is
VOUCHED_NETWORKS = env_networks("VOUCHED_NETWORKS")  # reading rooms, schools: each visitor there is somebody else

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "channels",
    "django_rq",
    "accounts",
    "tasks",
    "gamification",
    "ingestion",
    "exports",
    "civictasks",
]
MIDDLEWARE = [
    "civictasks.watching.metering.meter_requests",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.caching.keep_private",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "accounts.crosssite.CrossSiteMiddleware",
    "accounts.sessions.VolunteerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "civictasks.problems.answer_wrong_methods",
]
ROOT_URLCONF = "civictasks.urls"
ASGI_APPLICATION = "civictasks.asgi.application"
WSGI_APPLICATION = "civictasks.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": database(os.environ.get("DATABASE_URL"), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = redis_url(DATA)
REDIS_TIMEOUT = 0.5  # seconds: a hung Redis must not hold anyone up
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
}
RQ_QUEUES = {
    "default": {"URL": REDIS_URL, "DEFAULT_TIMEOUT": 3600, "SERIALIZER": "rq.serializers.JSONSerializer"}  # no pickles
}
RQ = {"COMMIT_MODE": "auto"}  # a hint speaks of rows that are committed

AUTH_USER_MODEL = "accounts.Volunteer"
AUTHENTICATION_BACKENDS = ["accounts.sessions.VolunteerBackend"]
SESSION_ENGINE = "accounts.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "display_name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = 90 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
HTTPS = env_bool("HTTPS", False)  # a proxy in front speaks it, and says so with X-Forwarded-Proto
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env_bool("SECURE_COOKIES", HTTPS)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 365 * 24 * 3600 if HTTPS else 0)
CSRF_FAILURE_VIEW = "accounts.crosssite.refused"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 2000  # a box of scans; more come as a ZIP
# What the embedded web server keeps of a request's body, in bytes; elsewhere the proxy limits it.
LONGEST_BODY = 2**21
LONGEST_UPLOAD = env_int("LONGEST_UPLOAD_MB", 4096) * 2**20
LONGEST_CHUNK = 2**24
UPLOADS_AT = r"/api/v1/projects/[^/]+/batches|/desk/[^/]+/batches/"
CHUNKS_AT = r"/api/v1/uploads/\d+"
FILE_UPLOAD_TEMP_DIR = None

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
HASHED_STATIC_FILES = env_bool("HASHED_STATIC_FILES", False)  # by collectstatic: kept by browsers for ever
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "civictasks.assets.HashedStorage"
        if HASHED_STATIC_FILES
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC_FILES

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fi", "Suomi"), ("nl", "Nederlands")]
DRAFTED_LANGUAGES = {"fi", "nl"}  # whose translation nobody has checked yet: the footer says so
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "civictasks.formats"
USE_I18N = USE_TZ = True
TIME_ZONE = os.environ.get("TIME_ZONE", "UTC")  # of the board of everyone; after a change: rebuild_leaderboards

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}

# How the loop behaves
LEASE_TIME = timedelta(minutes=env_int("LEASE_MINUTES", 20))
LEASE_TIME_OF_A_NEWCOMER = timedelta(minutes=env_int("LEASE_MINUTES_OF_A_NEWCOMER", 5))
UNDO_WINDOW = timedelta(seconds=60)
READ_AHEAD = timedelta(minutes=env_int("READ_AHEAD_MINUTES", 15))  # of what one can have read; see tasks.trust.haste
LEASES_OF_A_NEWCOMER = 3
LEASES_OF_A_VOLUNTEER = 40
SITE_URL = os.environ.get("SITE_URL", "").rstrip("/")  # where the world finds this site; releases name it
HTTP_THREADS = env_int("HTTP_THREADS", 4)
SAMPLE_PAGES = env_int("SAMPLE_PAGES", 20)  # pages in each project of the demo
