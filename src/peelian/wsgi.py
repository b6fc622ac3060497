import os
from contextlib import suppress
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peelian.settings")
application = get_wsgi_application()

from django.db import DatabaseError, connection  # noqa: E402

from peelian.access.log.sealer import start  # noqa: E402  (models need the application)
from peelian.casework import ticking  # noqa: E402
from peelian.identity.names_held import names_held  # noqa: E402


def _read_names() -> None:
    """Before the first search asks for them: of a million people they take seconds."""
    with suppress(DatabaseError):
        names_held()
    connection.close()


start()
ticking.start()
Thread(target=_read_names, name="names", daemon=True).start()
