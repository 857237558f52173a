"""The loop with a volunteer: tasks are leased, answers come in, are told of and taken back."""
