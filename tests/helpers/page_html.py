"""Pages as their reader has them: text without tags, links, cards of sessions."""

import re

from lxml import html


def tree(response):
    """Return the parsed page of a successful response."""
    assert response.status_code == 200, response
    return html.document_fromstring(response.content.decode())


def main(response):
    return tree(response).get_element_by_id("content")


def words(element) -> str:
    """Return the text of an element, with any run of spaces as one plain space."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", element.text_content()).strip()


def texts(root, path: str) -> list[str]:
    return [words(element) for element in root.xpath(path)]


def hrefs(root, path: str = "//main//a") -> list[str]:
    return [link.get("href") for link in root.xpath(path)]


def cards(response) -> list[str]:
    """Return the titles of the sessions on a programme, in the order of the page."""
    return texts(main(response), ".//article[contains(@class, 'tt-item')]/*[self::h3 or self::h4]")
