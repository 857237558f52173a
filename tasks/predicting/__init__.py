"""What a policy will need and be worth, before a question is published."""
