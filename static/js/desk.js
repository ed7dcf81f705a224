// An autocomplete offers only what belongs to the edition of the form.
django.jQuery.ajaxPrefilter((options) => {
  const edition = document.getElementById("id_edition");
  if (edition?.value && options.url.includes("/autocomplete/")) {
    options.data += `&of_edition=${encodeURIComponent(edition.value)}`;
  }
});
