"""What each sheet is, where its titles stand and what its columns hold: proposed, then changeable by hand."""
