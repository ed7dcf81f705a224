from django.urls import path

from symposium.speakers import views

app_name = "speakers"
urlpatterns = [
    path("<slug:edition>/speakers/", views.speakers, name="list"),
    path("<slug:edition>/speakers/<slug:slug>/", views.speaker, name="detail"),
    path("<slug:edition>/speakers/<slug:slug>/card.png", views.speaker_card, name="card"),
]
