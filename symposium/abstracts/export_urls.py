"""URLs of the files of an abstract, without a language prefix: the language is `?lang=`.

Also the URL of OAI-PMH, whose records are in all languages.
"""

from django.urls import path

from symposium.abstracts import exports
from symposium.abstracts.metadata import signposting
from symposium.abstracts.oai import repository

app_name = "abstract_exports"
urlpatterns = [
    path("oai", repository.oai, name="oai"),
    path("<slug:edition>/abstract/linkset.json", signposting.main_abstract, name="main_linkset"),
    path("<slug:edition>/abstracts/<slug:slug>/linkset.json", signposting.abstract, name="linkset"),
    path("<slug:edition>/abstract.<slug:ending>", exports.main_abstract, name="main"),
    path("<slug:edition>/abstracts/<slug:slug>.<slug:ending>", exports.abstract, name="abstract"),
]
