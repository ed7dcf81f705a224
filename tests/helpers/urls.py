"""One URL of every kind of public page, in the demonstration."""

from types import MappingProxyType

LANGUAGES = ("fr", "en", "ar")
PAGES = MappingProxyType(
    {
        "home": "2021/",
        "argument": "2021/abstract/",
        "argument in two languages": "2021/abstract/?with=fr",
        "abstracts": "2021/abstracts/",
        "abstract": "2021/abstracts/continuite-des-services-vitaux/",
        "keywords": "2021/keywords/",
        "keyword": "2021/keywords/resilience/",
        "day": "2021/programme/?day=2021-06-09",
        "all days": "2021/programme/?day=all",
        "filtered": "2021/programme/?day=all&track=technologies&kind=talk&language=fr",
        "no result": "2021/programme/?day=2021-06-09&track=uses&q=introuvable",
        "search": "2021/search/",
        "search that found": "2021/search/?q=ville",
        "search that found nothing": "2021/search/?q=resylyence",
        "session": "2021/programme/continuite-des-services-vitaux/",
        "session in French only": "2021/programme/plans-de-continuite/",
        "cancelled session": "2021/programme/teletravail-et-courtes-distances/",
        "session without a time": "2021/programme/la-nuit-une-ressource-urbaine/",
        "my programme": "2021/my-programme/",
        "changes": "2021/changes/",
        "versions": "2021/versions/",
        "room": "2021/rooms/auditorium/",
        "speakers": "2021/speakers/",
        "speaker": "2021/speakers/yasmine-arcade/",
        "text": "2021/pages/practical/",
        "no news": "2021/news/",
        "editions": "2021/editions/",
        "nowhere": "2021/nowhere/",
        "sign in": "accounts/login/",
        "sign in by password": "accounts/login/password/",
    }
)
MISSING = {"nowhere"}
UNLISTED = {
    "editions",
    "my programme",
    "no news",
    "nowhere",
    "search",
    "search that found",
    "search that found nothing",
    "sign in",
    "sign in by password",
    "versions",  # the demonstration has none
}
