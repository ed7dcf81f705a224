from django.urls import path

from symposium.sessions import change_views, elsewhere, my_views, views

app_name = "sessions"
urlpatterns = [
    path("<slug:edition>/programme.pdf", elsewhere.programme_pdf, name="pdf"),
    path("<slug:edition>/embed/", elsewhere.embedding, name="embedding"),
    path("<slug:edition>/embed/programme/", elsewhere.embed, name="embed"),
    path("<slug:edition>/programme/", views.programme, name="programme"),
    path("<slug:edition>/programme/<slug:slug>/", views.session, name="detail"),
    path("<slug:edition>/programme/<slug:slug>/stream/", views.stream, name="stream"),
    path("<slug:edition>/changes/", change_views.page, name="changes"),
    path("<slug:edition>/my-programme/", my_views.mine, name="mine"),
    path("<slug:edition>/my-programme/<slug:chosen>/", my_views.shared, name="shared"),
    path("<slug:edition>/rooms/<slug:slug>/", views.room, name="room"),
]
