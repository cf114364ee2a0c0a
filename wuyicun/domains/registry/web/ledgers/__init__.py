"""台账 on the screen: the shelf, one ledger, taking it along, making one's own, the office's own form."""
