"""What ``accounts`` tells other apps, inside the transaction: a receiver that fails undoes the whole."""

from django.dispatch import Signal

# volunteer: int, whose public name is another now
volunteer_renamed = Signal()
# volunteer: int, of whom nothing personal may remain; the row itself is emptied after the receivers
volunteer_erased = Signal()
