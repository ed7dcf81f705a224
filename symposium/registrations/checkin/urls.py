from django.urls import path

from symposium.registrations.checkin import views

app_name = "checkin"
urlpatterns = [
    path("check-in/", views.checkin_page, name="page"),
    path("check-in/scan", views.scan, name="scan"),
    path("check-in/undo", views.undo, name="undo"),
    path("check-in/search", views.search, name="search"),
    path("check-in/counts", views.counts, name="counts"),
    path("check-in/list/", views.entries, name="list"),
]
