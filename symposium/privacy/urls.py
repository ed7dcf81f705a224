from django.urls import path

from symposium.privacy import views

app_name = "privacy"
urlpatterns = [
    path("my/data/", views.data, name="data"),
    path("my/data.json", views.data_file, name="data_file"),
    path("my/erase/", views.erase, name="erase"),
]
