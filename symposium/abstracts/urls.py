from django.urls import path
from django.views.generic import RedirectView

from symposium.abstracts import feeds, views

app_name = "abstracts"
urlpatterns = [
    path("<slug:edition>/abstract/", views.main_abstract, name="main"),
    path("<slug:edition>/abstract/abstract.pdf", views.main_abstract_pdf, name="main_pdf"),
    path("<slug:edition>/abstract/card.png", views.main_abstract_card, name="main_card"),
    path(
        "<slug:edition>/abstract/v<int:number>/", views.main_abstract_version, name="main_version"
    ),
    path("<slug:edition>/abstracts/", views.abstracts, name="list"),
    path("<slug:edition>/abstracts.pdf", views.book_pdf, name="book"),
    path("<slug:edition>/abstracts.atom", feeds.edition_feed, name="feed"),
    path("<slug:edition>/abstracts/<slug:slug>/", views.abstract, name="detail"),
    path("<slug:edition>/abstracts/<slug:slug>/abstract.pdf", views.abstract_pdf, name="pdf"),
    path("<slug:edition>/abstracts/<slug:slug>/card.png", views.abstract_card, name="card"),
    path("<slug:edition>/abstracts/<slug:slug>/v<int:number>/", views.version, name="version"),
    path("<slug:edition>/keywords/", views.keywords, name="keywords"),
    path("<slug:edition>/keywords/<slug:slug>/", views.keyword, name="keyword"),
    path("<slug:edition>/keywords/<slug:slug>/card.png", views.keyword_card, name="keyword_card"),
    path("<slug:edition>/keywords/<slug:slug>.atom", feeds.keyword_feed, name="keyword_feed"),
    # Former URLs of the PDF, before it moved into the folder of the page.
    path(
        "<slug:edition>/abstract.pdf",
        RedirectView.as_view(pattern_name="abstracts:main_pdf", permanent=True),
    ),
    path(
        "<slug:edition>/abstracts/<slug:slug>.pdf",
        RedirectView.as_view(pattern_name="abstracts:pdf", permanent=True),
    ),
]
