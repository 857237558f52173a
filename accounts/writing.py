"""What people write at the desk, without signs that nobody sees.

A sign that turns the direction of writing makes “gnp.exe” of a name that ends otherwise; a space of no width makes two
titles look the same. Readings of volunteers are another matter: the consensus folds them.
"""

import re
import unicodedata
from typing import Any

from django import forms
from django.http import QueryDict

# Controls but for tab and line breaks, lone surrogates, soft hyphens, spaces of no width, signs of direction,
# invisible operators, annotations, tags. The zero-width joiners stay: Persian and the scripts of India are written so.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def plain(text: str) -> str:
    """Return the text in NFC without hidden signs."""
    return unicodedata.normalize("NFC", HIDDEN.sub("", text))


def plainly(data: Any) -> Any:
    """Return what a form was given, each text made plain."""
    if not isinstance(data, QueryDict):
        return data
    made = data.copy()
    for name, texts in made.lists():
        made.setlist(name, [plain(text) for text in texts])
    return made


class PlainForm(forms.Form):
    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(plainly(data), *args, **kwargs)


class PlainModelForm(forms.ModelForm):
    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(plainly(data), *args, **kwargs)
