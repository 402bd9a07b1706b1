"""Where limits can't all be kept: how much fairer a plan gets when some more of them break."""
