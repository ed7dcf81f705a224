from django.urls import path

from symposium.editions import views

app_name = "editions"
urlpatterns = [
    path("", views.current, name="current"),
    path("<slug:edition>/", views.home, name="home"),
    path("<slug:edition>/editions/", views.editions, name="editions"),
    path("<slug:edition>/card.png", views.card, name="card"),
    path("<slug:edition>/pages/<slug:slug>/", views.page, name="page"),
    path("<slug:edition>/news/", views.news, name="news"),
    path("<slug:edition>/news/<slug:slug>/", views.news_item, name="news_item"),
]
