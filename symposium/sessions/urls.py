from django.urls import path

from symposium.sessions import views

app_name = "sessions"
urlpatterns = [
    path("<slug:edition>/programme/", views.programme, name="programme"),
    path("<slug:edition>/programme/<slug:slug>/", views.session, name="detail"),
    path("<slug:edition>/programme/<slug:slug>/stream/", views.stream, name="stream"),
    path("<slug:edition>/rooms/<slug:slug>/", views.room, name="room"),
]
