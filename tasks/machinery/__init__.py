"""What any site needs and nothing here knows of tasks: disk, queue, claims, sockets, lists."""
