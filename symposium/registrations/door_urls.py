from django.urls import path

from symposium.registrations import door_views

app_name = "door"
urlpatterns = [
    path("check-in/", door_views.door, name="door"),
    path("check-in/scan", door_views.scan, name="scan"),
    path("check-in/undo", door_views.undo, name="undo"),
    path("check-in/search", door_views.search, name="search"),
    path("check-in/counts", door_views.counts, name="counts"),
    path("check-in/list/", door_views.entries, name="list"),
]
