"""The application as Granian serves it: the field's door for records before Django's request stack, then Django."""

import gc
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wuyicun.config.settings")

from django.core.wsgi import get_wsgi_application

_django = get_wsgi_application()

from wuyicun.config.bridge import Bridge  # noqa: E402 - needs the apps to be ready
from wuyicun.config.settings import ENVIRONMENT  # noqa: E402
from wuyicun.config.vanished import NoticingWhoVanished  # noqa: E402
from wuyicun.fieldsync.door import FieldDoor  # noqa: E402

application = NoticingWhoVanished(FieldDoor(Bridge(_django, ENVIRONMENT.threads)))

# A batch makes tens of thousands of objects that soon go by themselves: at the usual thresholds half of the time goes
# into looking for circles among them, and among all that was loaded above.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)

# The event loop and the pages' threads wait for the interpreter while one thread stores for all.
sys.setswitchinterval(0.0005)
