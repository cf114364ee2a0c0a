"""The application as Granian serves it: the field's door for records before Django's request stack, then Django."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wuyicun.config.settings")

from django.core.wsgi import get_wsgi_application

_django = get_wsgi_application()

from wuyicun.fieldsync.door import FieldDoor  # noqa: E402 - needs the apps to be ready

application = FieldDoor(_django)
