from django.urls import path
from django.views.generic import RedirectView

from symposium.abstracts import feeds, views

app_name = "abstracts"
urlpatterns = [
    path("<slug:edition>/abstract/", views.argument, name="argument"),
    path("<slug:edition>/abstract/abstract.pdf", views.argument_pdf, name="argument_pdf"),
    path("<slug:edition>/abstract/v<int:number>/", views.argument_version, name="argument_version"),
    path("<slug:edition>/abstracts/", views.abstracts, name="list"),
    path("<slug:edition>/abstracts.pdf", views.book_pdf, name="book"),
    path("<slug:edition>/abstracts.atom", feeds.of_edition, name="feed"),
    path("<slug:edition>/abstracts/<slug:slug>/", views.abstract, name="detail"),
    path("<slug:edition>/abstracts/<slug:slug>/abstract.pdf", views.abstract_pdf, name="pdf"),
    path("<slug:edition>/abstracts/<slug:slug>/v<int:number>/", views.version, name="version"),
    path("<slug:edition>/keywords/", views.keywords, name="keywords"),
    path("<slug:edition>/keywords/<slug:slug>/", views.keyword, name="keyword"),
    path("<slug:edition>/keywords/<slug:slug>.atom", feeds.of_keyword, name="keyword_feed"),
    # Where the PDF was before it moved beside the page.
    path(
        "<slug:edition>/abstract.pdf",
        RedirectView.as_view(pattern_name="abstracts:argument_pdf", permanent=True),
    ),
    path(
        "<slug:edition>/abstracts/<slug:slug>.pdf",
        RedirectView.as_view(pattern_name="abstracts:pdf", permanent=True),
    ),
]
