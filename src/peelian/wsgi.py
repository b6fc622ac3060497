import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peelian.settings")
application = get_wsgi_application()

from peelian.access.log.sealer import start  # noqa: E402  (models need the application)

start()
