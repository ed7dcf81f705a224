"""A page as its reader has it: text without tags, links, what is marked as another language."""

import re

from lxml import html


def tree(response):
    """The page of a successful answer, parsed."""
    assert response.status_code == 200, response
    return html.document_fromstring(response.content.decode())


def main(response):
    return tree(response).get_element_by_id("content")


def words(element) -> str:
    """Its text, the spaces of any width made plain."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", element.text_content()).strip()


def texts(root, path: str) -> list[str]:
    return [words(element) for element in root.xpath(path)]


def hrefs(root, path: str = "//main//a") -> list[str]:
    return [link.get("href") for link in root.xpath(path)]


def cards(response) -> list[str]:
    """The titles of the sessions on a programme, in the order of the page."""
    return texts(main(response), ".//article[contains(@class, 'tt-item')]/*[self::h3 or self::h4]")
