"""The one table of effects between rooms: event class -> what follows, in order."""

from wuyicun.kernel.events import Reactions

REACTIONS: Reactions = {}
