// An autocomplete offers only objects of the form's edition.
django.jQuery.ajaxPrefilter((options) => {
  const edition = document.getElementById("id_edition");
  if (edition?.value && options.url.includes("/autocomplete/")) {
    options.data += `&of_edition=${encodeURIComponent(edition.value)}`;
  }
});
