from django.urls import path

from symposium.agenda import public_views, views

app_name = "agenda"
urlpatterns = [
    path("my/programme/", views.account_programme, name="programme"),
    path("my/programme/stars/", views.stars_api, name="stars"),
    path("my/programme/calendar/", views.calendar_link, name="calendar_link"),
    path("my/programme/mails/", views.change_mails, name="change_mails"),
    path("my/messages/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("<slug:edition>/programme/<slug:slug>/star/", views.star_form, name="star"),
    path("<slug:edition>/my-programme/", public_views.my_programme, name="my_programme"),
    path(
        "<slug:edition>/my-programme/<slug:chosen>/", public_views.shared_programme, name="shared"
    ),
    path("<slug:edition>/my-programme/<slug:chosen>/keep/", views.keep_form, name="keep"),
]
