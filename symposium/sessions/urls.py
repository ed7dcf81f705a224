from django.urls import path

from symposium.sessions import change_views, embed_views, views

app_name = "sessions"
urlpatterns = [
    path("<slug:edition>/programme.pdf", embed_views.programme_pdf, name="pdf"),
    path("<slug:edition>/embed/", embed_views.embed_help, name="embed_help"),
    path("<slug:edition>/embed/programme/", embed_views.embed, name="embed"),
    path("<slug:edition>/programme/", views.programme, name="programme"),
    path("<slug:edition>/programme/card.png", views.programme_card, name="programme_card"),
    path("<slug:edition>/programme/<slug:slug>/", views.session, name="detail"),
    path("<slug:edition>/programme/<slug:slug>/card.png", views.session_card, name="card"),
    path("<slug:edition>/programme/<slug:slug>/stream/", views.stream, name="stream"),
    path("<slug:edition>/changes/", change_views.changes_page, name="changes"),
    path("<slug:edition>/versions/", change_views.versions_page, name="versions"),
    path("<slug:edition>/rooms/<slug:slug>/", views.room, name="room"),
    path("<slug:edition>/rooms/<slug:slug>/card.png", views.room_card, name="room_card"),
]
