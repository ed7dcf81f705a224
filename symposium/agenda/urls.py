from django.urls import path

from symposium.agenda import public_views, views

app_name = "agenda"
urlpatterns = [
    path("my/programme/", views.programme, name="programme"),
    path("my/programme/stars/", views.kept, name="stars"),
    path("my/programme/calendar/", views.calendar_address, name="calendar_address"),
    path("my/programme/mails/", views.mails, name="mails"),
    path("my/messages/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("<slug:edition>/programme/<slug:slug>/star/", views.star, name="star"),
    path("<slug:edition>/my-programme/", public_views.mine, name="mine"),
    path("<slug:edition>/my-programme/<slug:chosen>/", public_views.shared, name="shared"),
]
