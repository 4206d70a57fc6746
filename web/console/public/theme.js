// Runs before the first paint, so that a dark console never flashes white.
(function () {
  var wish = null;
  try {
    wish = localStorage.getItem('motorpool.theme');
  } catch (_) {
    /* storage may be forbidden */
  }
  var dark = wish ? wish === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
