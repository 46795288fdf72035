"""Pages and API as a WSGI application."""

from __future__ import annotations

import os

from portique.server.config import starting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portique.server.config.settings")
starting.use_current_sqlite()  # another server may begin with this module

from django.core.wsgi import get_wsgi_application  # noqa: E402 -- after the SQLite it will use

from portique.server.config.measuring import counted  # noqa: E402

application = counted(get_wsgi_application())
