"""The words and codes of others in which the catalogue speaks to machines."""

CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
AUTHORITY = "http://publications.europa.eu/resource/authority/"
FORMATS = {"text/csv": "CSV", "application/json": "JSON", "application/jsonl": "JSON", "text/markdown": "MD"}
CONFORMS = {
    "datapackage.json": ["https://datapackage.org/profiles/2.0/datapackage.json"],
    "data.csv": ["https://www.rfc-editor.org/rfc/rfc4180"],
    "answers.csv": ["https://www.rfc-editor.org/rfc/rfc4180"],
    "changes.csv": ["https://www.rfc-editor.org/rfc/rfc4180"],
}
# ISO 639-1 to the codes of the EU's authority table (ISO 639-2/T), for the languages it is asked for most.
LANGUAGES = dict(
    pair.split(":")
    for pair in (
        "bg:BUL ca:CAT cs:CES cy:CYM da:DAN de:DEU el:ELL en:ENG es:SPA et:EST eu:EUS fi:FIN fr:FRA ga:GLE gl:GLG "
        "hr:HRV hu:HUN is:ISL it:ITA la:LAT lb:LTZ lt:LIT lv:LAV mt:MLT nb:NOB nl:NLD nn:NNO no:NOR pl:POL pt:POR "
        "ro:RON ru:RUS se:SME sk:SLK sl:SLV sq:SQI sr:SRP sv:SWE tr:TUR uk:UKR yi:YID"
    ).split()
)
KEYWORDS = ["transcription", "crowdsourcing", "digitised archives"]
PROVENANCE = (
    "Volunteers read regions of scanned pages; a published rule merged their answers. answers.csv has every answer "
    "under a pseudonym, so that each value can be computed again."
)
