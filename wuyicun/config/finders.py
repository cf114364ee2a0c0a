"""What the one box for everything finds, in order: which rooms are asked."""

from wuyicun.domains.microgrids.web import finding as microgrids
from wuyicun.domains.registry.web import finding as registry
from wuyicun.domains.territory.web import finding as territory
from wuyicun.kernel.web.finding import Finder

FINDERS: tuple[Finder, ...] = (registry.FINDER, microgrids.FINDER, territory.FINDER)
