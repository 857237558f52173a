"""What an archivist does with a project: words its questions, publishes, spreads, withholds."""
