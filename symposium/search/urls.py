from django.urls import path

from symposium.search import views

app_name = "search"
urlpatterns = [path("<slug:edition>/search/", views.results, name="results")]
