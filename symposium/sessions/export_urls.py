"""URLs of the exports, without a language prefix: the language is `?lang=`."""

from django.urls import path

from symposium.sessions import change_views, exports

app_name = "session_exports"
urlpatterns = [
    path("<slug:edition>/programme.ics", exports.programme, name="programme"),
    path("<slug:edition>/programme/<slug:slug>.ics", exports.session, name="session"),
    path("<slug:edition>/speakers/<slug:slug>.ics", exports.speaker, name="speaker"),
    path("<slug:edition>/rooms/<slug:slug>.ics", exports.room, name="room"),
    path("<slug:edition>/changes.atom", change_views.feed, name="changes"),
    path("<slug:edition>/versions.atom", change_views.versions_atom, name="versions"),
    path("<slug:edition>/schedule.json", exports.schedule_json, name="schedule_json"),
    path("<slug:edition>/schedule.xml", exports.schedule_xml, name="schedule_xml"),
]
