import pytest

from symposium.core.i18n.markdown import to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("## Venir\n\nEn *tram*.", "<h2>Venir</h2>\n<p>En <em>tram</em>.</p>\n"),
        ("- un\n- **deux**", "<ul>\n<li>un</li>\n<li><strong>deux</strong></li>\n</ul>\n"),
        ("3. trois", '<ol start="3">\n<li>trois</li>\n</ol>\n'),
        (
            "[ici](https://example.org/?a=1&b=2)",
            '<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener">ici</a></p>\n',
        ),
        (
            "[nous](mailto:contact@example.org)",
            '<p><a href="mailto:contact@example.org" rel="noopener">nous</a></p>\n',
        ),
        ("", ""),
    ],
)
def test_to_html(text, html):
    assert to_html(text, "en") == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("<b onclick=x()>a</b>", "<p>&lt;b onclick=x()&gt;a&lt;/b&gt;</p>\n"),
        ("<img src=x onerror=x()>", "<p>&lt;img src=x onerror=x()&gt;</p>\n"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](JaVaScRiPt&#58;alert(1))", "<p>[a](JaVaScRiPt:alert(1))</p>\n"),
        ("[a](data:text/html;base64,AAAA)", "<p>[a](data:text/html;base64,AAAA)</p>\n"),
        ("[a](ftp://example.org)", '<p><a rel="noopener">a</a></p>\n'),
        ("![a](https://example.org/a.png)", "<p></p>\n"),
        ("# Un titre", "Un titre\n"),
        ("`<script>`", "<p><code>&lt;script&gt;</code></p>\n"),
        ('[a](https://e.org "x\\" onclick=y")',
         '<p><a href="https://e.org" title="x&quot; onclick=y" rel="noopener">a</a></p>\n'),
    ],
)  # fmt: skip
def test_to_html_is_harmless(text, html):
    assert to_html(text, "en") == html


def test_to_html_sets_french_spaces_in_text_nodes_only():
    text = "> Venir : *oui* !\n\n[« Ici »](https://example.org/?a=b%20;c)"
    assert to_html(text, "fr") == (
        "<blockquote>\n<p>Venir\u00a0: <em>oui</em> !</p>\n</blockquote>\n"
        '<p><a href="https://example.org/?a=b%20;c" rel="noopener">«\u202fIci\u202f»</a></p>\n'
    )
