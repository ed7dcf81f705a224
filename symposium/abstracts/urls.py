from django.urls import path

from symposium.abstracts import views

app_name = "abstracts"
urlpatterns = [
    path("<slug:edition>/abstract/", views.argument, name="argument"),
    path("<slug:edition>/abstracts/", views.abstracts, name="list"),
    path("<slug:edition>/abstracts/<slug:slug>/", views.abstract, name="detail"),
    path("<slug:edition>/keywords/", views.keywords, name="keywords"),
    path("<slug:edition>/keywords/<slug:slug>/", views.keyword, name="keyword"),
]
