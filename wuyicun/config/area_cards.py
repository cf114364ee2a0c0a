"""Which rooms say something of an area on its page, in order."""

from wuyicun.domains.registry.web.area_cards import places, without_code
from wuyicun.domains.screening.web.area_cards import open_rounds
from wuyicun.domains.verification.web.area_cards import last_checked
from wuyicun.kernel.web.area_cards import Speaker

CARDS: tuple[Speaker, ...] = (open_rounds, without_code, last_checked, places)
