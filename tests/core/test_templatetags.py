"""Tags and filters that templates use without loading them."""

import pytest
from django.template import Context, Template, engines
from django.utils import translation

from symposium.core.templatetags import symposium


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("fr", "français anglais arabe"),
        ("en", "French English Arabic"),
        ("ar", "الفرنسية الإنجليزية العربية"),
    ],
)
def test_language_is_named_in_the_readers_language(language, names):
    template = Template(
        "{{ 'fr'|language_name }} {{ 'en'|language_name }} {{ 'ar'|language_name }}"
    )
    with translation.override(language):
        assert template.render(Context()) == names


def test_no_other_builtin_library_replaces_ours():
    engine = engines["django"].engine
    last = engine.template_builtins[-1]
    assert (last.filters, last.tags) == (symposium.register.filters, symposium.register.tags)
