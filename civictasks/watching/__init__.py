"""What an operator watches: whether the site lives, whether it is ready, and how it does."""
