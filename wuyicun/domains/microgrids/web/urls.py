"""The addresses of micro-grids, under /people/micro-grids/."""

from wuyicun.domains.microgrids.web import maps, moving, overview, page, rebalancing
from wuyicun.kernel.web.responses import path

urlpatterns = [
    path("", overview.overview, "micro_grids"),
    path("map/", maps.village_map, "village_map"),
    path("map/picture/", maps.picture, "village_map_picture"),
    path("map/picture/set/", maps.set_picture, "village_map_set_picture"),
    path("map/point/", maps.set_point, "village_map_point"),
    path("map/import/", maps.import_points, "village_map_import"),
    path("map/clear/", maps.clear, "village_map_clear"),
    path("rebalancing/", rebalancing.start, "rebalancing"),
    path("rebalancing/<uuid:rebalancing_id>/", rebalancing.proposal, "rebalancing_proposal"),
    path("rebalancing/<uuid:rebalancing_id>/stop/", rebalancing.stop, "rebalancing_stop"),
    path("rebalancing/<uuid:rebalancing_id>/apply/", rebalancing.apply, "rebalancing_apply"),
    path("rebalancing/<uuid:rebalancing_id>/undo/", rebalancing.undo, "rebalancing_undo"),
    path("<uuid:area_id>/", page.page, "micro_grid"),
    path("<uuid:area_id>/chat-group/", page.chat_group, "micro_grid_chat_group"),
    path("<uuid:area_id>/move/", moving.move, "micro_grid_move"),
    path("<uuid:area_id>/merge/", moving.merge, "micro_grid_merge"),
    path("<uuid:area_id>/retire/", moving.retire, "micro_grid_retire"),
    path("<uuid:area_id>/restore/", moving.restore, "micro_grid_restore"),
]
