from django.urls import path

from symposium.registrations import my_views, views

app_name = "registrations"
urlpatterns = [
    path("my/", my_views.overview, name="overview"),
    path("my/<slug:code>/", my_views.detail, name="detail"),
    path("my/<slug:code>/edit/", my_views.edit, name="edit"),
    path("my/<slug:code>/ticket.pdf", my_views.ticket, name="ticket"),
    path("my/<slug:code>/ticket.pkpass", my_views.apple_pass, name="apple_pass"),
    path("my/<slug:code>/google-wallet/", my_views.google_pass, name="google_pass"),
    path("my/<slug:code>/calendar.ics", my_views.calendar, name="calendar"),
    path("my/<slug:code>/certificate.pdf", my_views.certificate, name="certificate"),
    path("my/<slug:code>/cancel/", my_views.cancel, name="cancel"),
    path("my/<slug:code>/offer/", my_views.answer_offer, name="offer"),
    path("my/<slug:code>/book/", my_views.book, name="book"),
    path("my/<slug:code>/bookings/<int:pk>/", my_views.change_booking, name="booking"),
    path("verify/<slug:token>/", views.verify, name="verify"),
    path("<slug:edition>/register/", views.register, name="register"),
    path("<slug:edition>/participants/", views.participants, name="participants"),
    path(
        "<slug:edition>/programme/<slug:slug>/book/",
        views.book_from_session,
        name="book_from_session",
    ),
]
