"""URLs of the exports, without a language prefix: the language is `?lang=`."""

from django.urls import path

from symposium.editions import feeds, icons, looks

app_name = "edition_exports"
urlpatterns = [
    path("<slug:edition>/news.atom", feeds.news, name="news"),
    path("looks/<slug:edition>/icon-<int:size>.png", icons.icon, name="icon"),
    path("looks/<slug:digest>/<slug:name>.css", looks.style_sheet, name="looks"),
]
