// Only a courtesy: the language switch works without it. Keeps the document's language right for
// screen readers, and opens the page in English at #en.
(function () {
  var buttons = document.querySelectorAll('input[name=language]');
  function apply(button) {
    if (button.checked) { document.documentElement.lang = button.value; }
  }
  buttons.forEach(function (button) {
    button.addEventListener('change', function () { apply(button); });
    if (location.hash === '#' + button.value) { button.checked = true; }
    apply(button);
  });
})();
