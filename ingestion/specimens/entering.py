"""Word the pages of registers: people who never lived, in towns and trades that were there.

Numbers and dates run on from page to page of one book.
"""

from dataclasses import dataclass
from random import Random

ROWS = 9


@dataclass(frozen=True)
class Cell:
    """What one cell says; ``struck`` is what was written first and crossed out, which is part of no reading."""

    text: str
    struck: str = ""


@dataclass(frozen=True)
class Ledger:
    """One page: the printed heads over the columns, their widths as shares, the entries, a note in the margin."""

    title: str
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str


@dataclass(frozen=True)
class Register:
    """A kind of book. ``ditto`` is what stands for “the same”; ``columns`` that repeat may have it."""

    language: str
    title: str
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    columns: tuple[str, ...]
    ditto: str
    began: int
    months: tuple[str, ...]
    men: str
    women: str
    families: str
    places: str
    trades: str
    wives: str
    remarks: tuple[str, ...]
    notes: tuple[str, ...]


REGISTERS = {
    "swedish-arrivals": Register(
        language="sv",
        title="Inflyttade år {}",
        heads=("N:o", "Dag", "Namn", "Yrke", "Kommer från", "Anmärkningar"),
        widths=(0.07, 0.12, 0.29, 0.18, 0.16, 0.18),
        columns=("number", "day", "name", "trade", "place", "remark"),
        ditto="d:o",
        began=1858,
        months=tuple("Jan. Febr. Mars April Maj Juni Juli Aug. Sept. Okt. Nov. Dec.".split()),
        men="Johan Carl Gustaf Erik Henrik Matts Anders Wilhelm Isak Karl Alexander Oskar Jakob Fredrik August",
        women="Maria Anna Ulrika Lovisa Eva Hedvig Brita Sofia Amanda Wilhelmina Johanna Katarina Edla Ida",
        families="Lindqvist Sjöberg Björklund Nyström Åkerman Öhman Wikström Grönlund Häggblom Söderholm Ekman "
        "Lönnroos Sundell Törnqvist Blomqvist Karlsson Mattsson Henriksson Åberg Österman Hellström Löfgren",
        places="Åbo Nystad Raumo Björneborg Nådendal Pargas Korpo Nagu Kimito Borgå Ekenäs Lovisa Helsingfors "
        "Tammerfors Wiborg Wasa Jakobstad Tavastehus Stockholm Reval Gefle Houtskär Sibbo Ingå",
        trades="dräng snickare skomakare skräddare smed sjöman garfvare murare timmerman lärling bagare färgare "
        "styrman kopparslagare hattmakare bokhållare målare glasmästare skeppsbyggare",
        wives="piga enka sömmerska hushållerska tvätterska barnmorska väfverska",
        remarks=("med betyg", "med {} barn", "betyg N:o {}", "vaccinerad", "flyttad {}", "läser godt", "åter {}",
                 "ledig d. {} Maj", "i tjenst", "se fol. {}"),
        notes=("se fol. {}", "granskad", "jfr fol. {}", "betalt"),
    ),
    "dutch-population": Register(
        language="nl",
        title="Wijk C, blad {}",
        heads=("N°", "Naam en voornamen", "Geboren", "Te", "Beroep", "Aanmerkingen"),
        widths=(0.06, 0.30, 0.16, 0.14, 0.16, 0.18),
        columns=("number", "family", "birth", "place", "trade", "remark"),
        ditto="d°",
        began=1862,
        months=tuple("Jan. Febr. Maart April Mei Juni Juli Aug. Sept. Oct. Nov. Dec.".split()),
        men="Jan Pieter Willem Hendrik Cornelis Dirk Gerrit Klaas Jacob Adriaan Teunis Arie Maarten Simon",
        women="Maria Johanna Cornelia Neeltje Grietje Trijntje Aaltje Elisabeth Hendrika Geertje Antje Jannetje",
        families="Bakker Visser Smit Mulder Dekker Kuiper Brouwer Vermeer Hoekstra Verhoef Kramer Postma Koster Boer "
        "Schouten Vos Kok Groen Timmer Molenaar Zwart",
        places="Leiden Haarlem Gouda Delft Hoorn Enkhuizen Utrecht Zwolle Deventer Dordrecht Schiedam Breda Goes "
        "Vlissingen Medemblik Alkmaar Edam",
        trades="arbeider timmerman schipper bakker smid kleermaker visser touwslager winkelier metselaar verver kuiper "
        "schoenmaker molenaar tuinman koetsier",
        wives="naaister dienstbode zonder breister winkelierster waschvrouw",
        remarks=("vertrokken {}", "overleden {}", "gehuwd {}", "naar Leiden", "ingekomen {}", "zie blad {}",
                 "verhuisd", "gevaccineerd"),
        notes=("zie blad {}", "gezien", "N° {}", "af"),
    ),
    "german-baptisms": Register(
        language="de",
        title="Getaufte im Jahre {}",
        heads=("No.", "Getauft", "Name des Kindes", "Vater", "Stand", "Pathen"),
        widths=(0.06, 0.14, 0.21, 0.23, 0.15, 0.21),
        columns=("number", "day", "child", "father", "trade", "godparent"),
        ditto="dto.",
        began=1834,
        months=tuple("Jan. Febr. März April Mai Juni Juli Aug. Sept. Oct. Nov. Dec.".split()),
        men="Johann Friedrich Wilhelm Heinrich Carl Georg Christian August Ludwig Gottlieb Ernst Jürgen Claus",
        women="Anna Dorothea Catharina Sophia Margaretha Elisabeth Henriette Wilhelmine Louise Caroline Auguste",
        families="Möller Schröder Köhler Krüger Lüders Böttcher Groß Weiß Hübner Schütt Jäger Bäcker Förster Stöver "
        "Behrens Petersen Brandt Kröger Süß Thießen",
        places="Lübeck Kiel Wismar Stade Lüneburg Glückstadt Rostock",
        trades="Tischler Schmied Müller Bäcker Schuster Schneider Fischer Zimmermann Maurer Tagelöhner Schiffer "
        "Böttcher Gärtner Käthner Weber",
        wives="Wittwe Näherin",
        remarks=("",),
        notes=("siehe S. {}", "copirt", "S. {}", "getraut {}"),
    ),
}  # fmt: skip


def enter(slug: str, seed: int, number: int) -> Ledger:
    """Return page ``number``, from 0, of the book of this seed."""
    register, rng = REGISTERS[slug], Random(f"entries {slug} {seed} {number}")
    year = register.began + number // 2
    days = sorted((rng.randrange(number % 2 * 6, number % 2 * 6 + 6), rng.randint(1, 28)) for _ in range(ROWS))
    rows, above = [], dict[str, str]()
    for row, (month, day) in enumerate(days):
        facts = {
            "number": str(number * ROWS + row + 1),
            "day": f"{day} {register.months[month]}",
            **person(register, year, rng),
        }
        rows.append(tuple(_cell(facts, column, above, register, rng) for column in register.columns))
        above = facts
    page = year if register.language != "nl" else 40 + number
    note = rng.choice(register.notes).format(rng.randint(12, 98)) if rng.random() < 0.7 else ""
    return Ledger(register.title.format(page), register.heads, register.widths, tuple(rows), note)


def person(register: Register, year: int, rng: Random) -> dict[str, str]:
    """Invent somebody, and what a book of this kind says about them."""
    woman = rng.random() < 0.42
    given = rng.sample((register.women if woman else register.men).split(), 2)
    family = rng.choice(register.families.split())
    first = " ".join(given[: rng.choice((1, 1, 2))])
    trades = register.wives if woman else register.trades
    return {
        "name": f"{first} {family}",
        "family": f"{family}, {first}",
        "child": " ".join(given),
        "father": f"{rng.choice(register.men.split())} {family}",
        "trade": rng.choice(trades.split() if register.language != "de" else register.trades.split()),
        "place": rng.choice(register.places.split()),
        "birth": f"{rng.randint(1, 28)} {rng.choice(register.months)} {year - rng.randint(1, 64)}",
        "godparent": f"{rng.choice(register.women.split())} {rng.choice(register.families.split())}",
        "remark": _remark(register, year, rng),
    }


def _remark(register: Register, year: int, rng: Random) -> str:
    if rng.random() < 0.5:
        return ""
    remark = rng.choice(register.remarks)
    if remark.endswith("barn"):
        return remark.format(rng.randint(2, 6))
    later = year + rng.randint(1, 9) if _asks_for_a_year(remark) else rng.randint(2, 28)
    return remark.format(later)


def _asks_for_a_year(remark: str) -> bool:
    return remark.split(" ")[0] in {"flyttad", "åter", "vertrokken", "overleden", "gehuwd", "ingekomen", "getraut"}


def _cell(facts: dict[str, str], column: str, above: dict[str, str], register: Register, rng: Random) -> Cell:
    """Return what the clerk writes: the fact, a ditto where it is the one above, now and then after a slip."""
    text = facts[column]
    if not text:
        return Cell("")
    same = above.get(column) == text or (column == "place" and bool(above) and rng.random() < 0.15)
    if same and column in {"trade", "place"}:
        facts[column] = above[column]
        return Cell(register.ditto)
    if column in {"trade", "place", "birth"} and rng.random() < 0.035:
        wrong = {"trade": register.trades, "place": register.places}.get(column, "1849 1851 1838")
        return Cell(text, struck=rng.choice([other for other in wrong.split() if other != text]))
    return Cell(text)
