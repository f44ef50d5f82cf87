"""Judges whether a word, decoded one way, could stand in a language that is written in that encoding."""

import unicodedata
from itertools import pairwise

ALPHABETS = {
    "German": "äöüß",
    "French": "àâæçéèêëîïôœùûüÿ",
    "Spanish": "áéíñóúü",
    "Portuguese": "áâãàçéêíóôõú",
    "Italian": "àèéìòù",
    "Swedish": "åäöéü",
    "Danish": "æøåéö",
    "Finnish": "äöåšž",
    "Icelandic": "áðéíóúýþæö",
    "Dutch": "éëïóöü",
    "Czech": "áčďéěíňóřšťúůýž",
    "Slovak": "áäčďéíľňóôšťúýž",
    "Polish": "ąćęłńóśźż",
    "Hungarian": "áéíóöőúüű",
    "Romanian": "ăâîșşțţ",
    "Croatian": "čćđšž",
    "Turkish": "çğıöşüâî",
    "Estonian": "äõöüšž",
    "Latvian": "āčēģīķļņšūž",
    "Lithuanian": "ąčęėįšųūž",
}
LATIN = {
    "cp1252": (
        "German",
        "French",
        "Spanish",
        "Portuguese",
        "Italian",
        "Swedish",
        "Danish",
        "Finnish",
        "Icelandic",
        "Dutch",
    ),
    "cp1250": ("Czech", "Slovak", "Polish", "Hungarian", "Romanian", "Croatian", "German"),
    "cp1254": ("Turkish",),
    "cp1257": ("Estonian", "Latvian", "Lithuanian"),
    "iso8859-2": ("Czech", "Slovak", "Polish", "Hungarian", "Romanian", "Croatian", "German"),
    "mac_roman": ("German", "French", "Spanish", "Portuguese", "Italian", "Swedish", "Danish", "Dutch"),
    "cp850": ("German", "French", "Spanish", "Portuguese", "Italian", "Swedish", "Danish", "Finnish", "Dutch"),
}
SCRIPTS = {
    "cp1251": "CYRILLIC", "koi8-r": "CYRILLIC", "cp866": "CYRILLIC", "cp1253": "GREEK", "cp1255": "HEBREW",
    "cp1256": "ARABIC", "cp874": "THAI",
}  # fmt: skip
ASIAN = {
    "cp932": ("shift_jis", (0x82, 0x83, *range(0x88, 0x98))),
    "euc_jp": ("euc_jp", (0xA4, 0xA5, *range(0xB0, 0xD0))),
    "gb18030": ("gb2312", tuple(range(0xB0, 0xD8))),
    "big5": ("big5", tuple(range(0xA4, 0xC7))),
    "cp949": ("euc_kr", tuple(range(0xB0, 0xC9))),
}
"""The strict codec of each, and the lead bytes of its syllables and its frequent characters."""
ENCODINGS = ("cp1252", "cp1250", "cp932", "gb18030", "big5", "euc_jp", "cp949", "cp1251", "koi8-r", "cp866", "cp1253",
             "cp1254", "cp1257", "iso8859-2", "mac_roman", "cp850", "cp1255", "cp1256", "cp874")  # fmt: skip
"""Every encoding that is tried where text is not Unicode; the earlier is preferred where the evidence is equal."""


def fits(word: str, encoding: str) -> bool:
    """Whether `word` could be a word of a language that `encoding` is made for."""
    core = _core(word)
    foreign = [c for c in core if ord(c) > 127]
    if not foreign:
        return True
    if not all(unicodedata.category(c)[0] in "LM" or c in "’·・ー–—" for c in foreign):
        return False
    if encoding in ASIAN:
        return _asian(core, foreign, encoding)
    if not _cased(core):
        return False
    if encoding in SCRIPTS:
        letters = [c for c in core if c.isalpha()]
        return all(unicodedata.name(c, "").startswith(SCRIPTS[encoding]) for c in letters)
    used = {c.replace("İ", "i").lower() for c in foreign} - {"’", "·", "–", "—"}
    return any(used <= set(ALPHABETS[language]) | {"i"} for language in LATIN[encoding])


def _core(word: str) -> str:
    """The word without what stands around it: punctuation, signs of currency, blanks that do not break."""
    start, end = 0, len(word)
    while (
        start < end and _around(word[start]) and not (word[start] in "©®°§£¥" and word[start + 1 : start + 2].isalpha())
    ):
        start += 1
    while end > start and _around(word[end - 1]):
        end -= 1
    return word[start:end]


def _around(c: str) -> bool:
    return c in "€£$¥«»“”„‘’‚–—…©®™°§•·\u00a0¿¡№。、「」（）" or (ord(c) < 128 and not c.isalnum())


def _cased(word: str) -> bool:
    """False where a capital follows a small letter, as in a word decoded wrongly (MŸller)."""
    return not any(a.islower() and b.isupper() and ord(max(a, b)) > 127 for a, b in pairwise(word))


def _asian(word: str, foreign: list[str], encoding: str) -> bool:
    """No mixture with Latin letters, and only syllables or characters that are frequent."""
    if any(c.isalpha() and ord(c) < 128 for c in word):
        return False
    codec, leads = ASIAN[encoding]
    for c in foreign:
        if c in "・ー":
            continue
        try:
            spelt = c.encode(codec)
        except UnicodeEncodeError:
            return False
        if len(spelt) < 2 or spelt[0] not in leads:
            return False
    return True
