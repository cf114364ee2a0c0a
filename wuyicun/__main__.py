"""`python -m wuyicun COMMAND`: the same commands as `./wuyi`, with everything already installed."""

import sys

from wuyicun.config.cli import main

sys.exit(main())
