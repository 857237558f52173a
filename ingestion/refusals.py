"""Why a file was not taken in, and what its owner can do: two sentences for each code of ``errors.Refused``."""

from typing import NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from .errors import Refused
from .recognition import ACCEPTED


class Words(NamedTuple):
    reason: str
    step: str


AGAIN = _("Repair or replace it, then bring the same folder again: only what is missing is added.")
SCAN_AGAIN = _("Open it in an image program and save it again, or scan the page again; then bring it again.")
EXPORT_PICTURES = _("Save its pages as %(accepted)s and bring those.")
EXPORT_AGAIN = _("Export or scan it again, or save its pages as pictures; then bring those.")
UNPACK = _("Unpack it yourself and bring the folder.")
MEND_LAYOUT = _(
    "Export it again as ALTO or PAGE, or take it away to have the page cut into lines automatically; then bring again."
)

WORDS: dict[str, tuple[str, str]] = {
    # pictures
    "not_a_picture": (_("This is no picture or PDF, whatever its name says."), EXPORT_PICTURES),
    "empty": (_("The file is empty."), _("Copy it again from where it came from, then bring it again.")),
    "unopenable_picture": (_("The picture is damaged: nothing in it can be read."), SCAN_AGAIN),
    "cut_off_picture": (
        _("The picture breaks off before its end: a part of it is missing."),
        _("Copy the whole file again from where it came from, or scan the page again; then bring it again."),
    ),
    "damaged_picture": (_("The picture is damaged: what is in it cannot be made out."), SCAN_AGAIN),
    "circular_picture": (_("The pages of this TIFF point to one another in a circle, without an end."), SCAN_AGAIN),
    "too_small": (
        _("The picture has only %(width)s × %(height)s pixels: no writing fits into that."),
        _("Bring the full-size scan instead."),
    ),
    "too_many_pixels": (
        _("The picture has more than %(limit)s megapixels: too large to open safely."),
        _("Save it at a lower resolution (300 dpi is plenty for reading) and bring it again."),
    ),
    "too_large": (
        _("The picture is too large to open safely within the memory set aside for it."),
        _("Save it at a lower resolution, without transparency, and bring it again."),
    ),
    "too_slow": (
        _("Opening the picture took too long, so it was given up."),
        _("Save it at a lower resolution and bring it again."),
    ),
    "crashed": (_("The picture made the program that opens pictures fail; nothing else was harmed."), SCAN_AGAIN),
    "other_form": (_("%(form)s files cannot be read."), EXPORT_PICTURES),
    "too_heavy": (_("The file is larger than %(limit)s MB."), _("Save it with compression and bring it again.")),
    "unreadable_file": (
        _("The file could not be read from the disk: it is gone, locked, or lies on a damaged spot."),
        _("Check that it is there and that you may read it, then bring it again."),
    ),
    "not_a_file": (_("This is no ordinary file."), _("Put the picture itself in its place.")),
    "no_pictures": (_("No pictures were found in it."), _("Put %(accepted)s files there and bring it again.")),
    # documents of several pages
    "locked_document": (
        _("The PDF is protected by a password."),
        _("Save it without a password and bring that."),
    ),
    "damaged_document": (_("The PDF is damaged or cut off: it cannot be opened."), EXPORT_AGAIN),
    "no_pages": (_("The PDF has no pages."), EXPORT_AGAIN),
    "too_many_pages": (
        _("It holds more than %(limit)s pages."),
        _("Split it into several files and bring those."),
    ),
    "page_without_size": (_("The page has no size."), EXPORT_AGAIN),
    "page_too_wide": (
        _("The page measures %(width)s × %(height)s cm: drawn as a picture, its writing could not be read."),
        EXPORT_AGAIN,
    ),
    "blank_page": (_("The page is blank."), _("Nothing, if it is blank on paper too.")),
    "given_up": (_("Too many of its pages made trouble, so the rest was not opened."), EXPORT_AGAIN),
    "no_page_read": (_("None of its %(pages)s pages could be taken in. Page %(page)s: %(why)s"), "%(step)s"),
    "some_pages_read": (
        _("%(read)s of its %(pages)s pages were taken in. Not page %(missing)s: %(why)s"),
        "%(step)s",
    ),
    "layout_for_one_page": (
        _("The XML describes one page, but its picture holds %(pages)s."),
        _("Save each page as a picture of its own, with its XML beside it; or take the XML away. Then bring again."),
    ),
    "original_gone": (
        _("The file that the page was cut from is no longer here."),
        _("Withhold the page, turn its picture in an image program and bring it anew."),
    ),
    # archives
    "nested_archive": (_("An archive inside what is brought is not opened."), UNPACK),
    "damaged_archive": (
        _("The ZIP is damaged or cut off."),
        _("Make the ZIP again, or copy it again from where it came from."),
    ),
    "locked_archive": (_("The ZIP is protected by a password."), UNPACK),
    "too_many_entries": (
        _("The ZIP holds more than %(limit)s files."),
        _("Split it into smaller ones, or unpack it and bring the folder."),
    ),
    "swollen_archive": (_("The ZIP claims to hold more than %(limit)s GB."), UNPACK),
    "overlapping_archive": (
        _("Entries of the ZIP lie over one another, as in a ZIP made to do harm."),
        _("Make the ZIP again from the original files."),
    ),
    "damaged_entry": (_("The ZIP's copy of this file is damaged."), AGAIN),
    "outside_entry": (
        _("The name of this entry leads out of the ZIP."),
        _("Make the ZIP again with plain names, without “..” or a leading “/”."),
    ),
    "link_entry": (_("This entry is a link, not a file."), _("Put the file itself into the ZIP.")),
    # layout
    "no_picture_beside": (
        _("No picture of the same name lies beside this XML file."),
        _("Give picture and XML the same name before the ending, in one folder, and bring again."),
    ),
    "other_layout_used": (_("Another layout file was used for its picture."), ""),
    "picture_refused": (_("Its picture could not be taken in."), AGAIN),
    "no_lines": (_("It holds no lines; the page was cut into lines automatically."), ""),
    "lines_left_out": (
        _("Used; %(count)s of its lines lie outside the page, have no area or stand there twice and were left out."),
        "",
    ),
    "damaged_layout": (_("The XML is damaged, or breaks off, at line %(line)s."), MEND_LAYOUT),
    "undecodable_layout": (_("The XML is not in the encoding that it names."), MEND_LAYOUT),
    "layout_too_large": (_("The XML is larger than %(limit)s MB."), MEND_LAYOUT),
    "layout_too_deep": (_("The XML nests its elements deeper than any layout does."), MEND_LAYOUT),
    "layout_with_entities": (_("The XML defines entities or a document type, which is not safe to read."), MEND_LAYOUT),
    "unknown_layout": (_("The XML is neither ALTO nor PAGE: it begins with <%(root)s>."), MEND_LAYOUT),
    "layout_of_several_pages": (_("The XML describes several pages."), MEND_LAYOUT),
    "layout_points_outside": (_("The XML names a picture outside its folder: %(name)s."), MEND_LAYOUT),
    "layout_of_another_picture": (
        _("The XML describes a page of %(layout)s, but the picture measures %(picture)s."),
        MEND_LAYOUT,
    ),
    "unknown_unit": (_("The XML measures in “%(unit)s” and does not say how large the page is."), MEND_LAYOUT),
    "too_many_lines": (_("The XML holds more than %(limit)s lines for one page."), MEND_LAYOUT),
    "layout_refused": (
        _("Its layout file %(layout)s cannot be used, so the page was held back."),
        _("Repair %(layout)s, or take it away to have the page cut into lines automatically; then bring again."),
    ),
    # left aside
    "litter": (_("An operating system left it behind."), ""),
    "not_pages": (_("This is not a picture of a page."), ""),
    # already there
    "already_there": (_("Already there, in batch “%(batch)s”."), ""),
}


def words_for(code: str, **facts: str | int) -> Words:
    reason, step = WORDS[code]
    known = {"accepted": ACCEPTED} | facts
    return Words(gettext(reason) % known, step and gettext(step) % known)


def explain(refused: Refused) -> Words:
    return words_for(refused.code, **refused.facts)


def is_about_layout(refused: Refused) -> bool:
    return "layout" in refused.code or refused.code in {"unknown_unit", "too_many_lines"}
