"""The addresses of importing a roster and of what it leaves to be decided, under /people/."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.urls import path as plain_path
from django.views.decorators.csrf import csrf_exempt

from wuyicun.domains.registry.web import conflicts, imports
from wuyicun.kernel.web.responses import path

urlpatterns = [
    # The view looks for the token itself, after it has refused what is too large unread.
    plain_path("import/", csrf_exempt(login_required(imports.import_start)), name="import_start"),
    path("import/template/", imports.import_template, "import_template"),
    path("import/<uuid:batch_id>/", imports.import_batch, "import_batch"),
    path("import/<uuid:batch_id>/kinds/", imports.import_kinds, "import_kinds"),
    path("import/<uuid:batch_id>/columns/", imports.import_columns, "import_columns"),
    path("import/<uuid:batch_id>/preview/", imports.import_preview, "import_preview"),
    path("import/<uuid:batch_id>/commit/", imports.import_commit, "import_commit"),
    path("import/<uuid:batch_id>/progress/", imports.import_progress, "import_progress"),
    path("import/<uuid:batch_id>/stop/", imports.import_stop, "import_stop"),
    path("import/<uuid:batch_id>/undo/", imports.import_undo, "import_undo"),
    path("import/<uuid:batch_id>/drop/", imports.import_drop, "import_drop"),
    path("import/<uuid:batch_id>/returned/", imports.import_returned, "import_returned"),
    path("conflicts/", conflicts.conflicts, "conflicts"),
    path("conflicts/<uuid:conflict_id>/", conflicts.conflict_decide, "conflict_decide"),
]
