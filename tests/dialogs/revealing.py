"""Words that say what this is about, in each language: a watcher may not see them."""

from locales.catalogues import Catalogues
from storage.kinds import Discretion

STEMS = {
    "en": "danger help team person safe invitation machine traffick police violen threat",
    "sq": "rrezik ndihm ekip trafik polic dhun kërcën ftes",
    "ar": "خطر مساعد فريق اتجار شرطة عنف تهديد دعوة",
    "fr": "danger aide équipe victime traite police violen menac invitation",
    "uk": "небезпе допомо команд торгівл поліц насил погро запрошен",
    "ru": "опасн помощ помоч команд торгов полиц насил угроз приглаш",
    "es": "peligr ayud equipo trata polic violen amenaz invita",
    "it": "pericol aiut team squadra tratta polizi violen minacc invit",
    "pt": "perig ajud equipa tráfico políc violên ameaç convite",
    "de": "gefahr hilfe helfen team menschenhandel polizei gewalt bedroh einladung",
    "el": "κίνδυν κινδυν βοήθ βοηθ ομάδα εμπορί αστυνομ βία απειλ πρόσκλ προσκλ",
    "pl": "niebezpiecz pomoc pomóc zespół handl policj przemoc groźb zaprosz",
}
STEMS["ary"] = f"{STEMS['ar']} معاون بوليس"
# What 112 and an ambulance are called; anybody may look their numbers up.
HARMLESS = {
    "ru": ("скорая помощь", "экстренной помощи"),
    "uk": ("швидка допомога", "екстреної допомоги"),
}
CATALOGUES = Catalogues.load()


def revealing(text: str, language: str) -> list[str]:
    """Which of them stand in a text."""
    folded = text.casefold()
    for phrase in HARMLESS.get(language, ()):
        folded = folded.replace(phrase, "")
    return [stem for stem in STEMS[language].split() if stem in folded]


GUARDED = (Discretion.DISCREET, Discretion.WATCHED)
# In English, the least of them.
REVEALING = ("danger", "help", "team", "person", "safe", "invitation", "machine", "traffick")
