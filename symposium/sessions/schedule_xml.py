"""The c3voc schedule as XML, for older conference apps: https://c3voc.de/schedule/schema.xsd"""

from lxml import etree
from lxml.etree import Element, SubElement

EVENT_TEXTS = [
    "room", "title", "subtitle", "type", "date", "start", "duration", "abstract", "slug", "track",
    "language", "description", "url",
]  # fmt: skip
CONFERENCE_TEXTS = ["acronym", "title", "start", "end", "timeslot_duration", "time_zone_name"]


def as_xml(data: dict) -> bytes:
    """Return `data`, the result of `schedule_json.schedule`, as XML."""
    schedule = data["schedule"]
    root = Element("schedule")
    SubElement(root, "generator", name=data["generator"]["name"], system=schedule["base_url"])
    add(root, "version", schedule["version"])
    root.append(conference(schedule))
    root.extend(day(entry) for entry in schedule["conference"]["days"])
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def add(parent: etree._Element, name: str, text: str | None, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text or ""


def conference(schedule: dict) -> etree._Element:
    entry = schedule["conference"]
    result = Element("conference")
    for name in CONFERENCE_TEXTS:
        if name in entry:
            add(result, name, entry[name])
    add(result, "days", str(entry["daysCount"]))
    add(result, "base_url", schedule["base_url"])
    add(result, "url", entry["url"])
    for track in entry["tracks"]:
        SubElement(result, "track", name=track["name"], slug=track["slug"])
    return result


def day(entry: dict) -> etree._Element:
    times = {"start": entry["day_start"], "end": entry["day_end"]}
    result = Element("day", index=str(entry["index"]), date=entry["date"], **times)
    for name, events in entry["rooms"].items():
        SubElement(result, "room", name=name).extend(map(event, events))
    return result


def event(entry: dict) -> etree._Element:
    result = Element("event", guid=entry["guid"], id=str(entry["id"]))
    for name in EVENT_TEXTS:
        add(result, name, entry[name])
    persons, links = SubElement(result, "persons"), SubElement(result, "links")
    for person in entry["persons"]:
        add(persons, "person", person["name"], guid=person["guid"])
    for link in entry["links"]:
        add(links, "link", link["title"], href=link["url"], type=link["type"])
    return result
