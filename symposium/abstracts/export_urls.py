"""Addresses of the files of an abstract: without a language before them, which is `?lang=`."""

from django.urls import path

from symposium.abstracts import exports

app_name = "records"
urlpatterns = [
    path("<slug:edition>/abstract.<slug:ending>", exports.argument, name="argument"),
    path("<slug:edition>/abstracts/<slug:slug>.<slug:ending>", exports.abstract, name="abstract"),
]
