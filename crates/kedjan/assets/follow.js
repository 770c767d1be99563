// What is being made is asked about until it is done, ever more seldom and for some minutes: each time is a look that is recorded.
(() => {
  const FIRST = 1000, LAST = 15000, MOST = 40;
  const follow = async (live, pause, left) => {
    let now = null;
    try {
      const answer = await fetch(location.href);
      // Whoever is no longer logged in is led elsewhere.
      if (answer.redirected || answer.status === 401) return;
      now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(live.id);
    } catch {
      // The next time may go better.
    }
    if (now && now.outerHTML !== live.outerHTML) live.replaceWith(now);
    else now = live;
    if (now.matches("[data-live]") && left > 0) wait(now, Math.min(pause * 1.3, LAST), left - 1);
  };
  const wait = (live, pause, left) => setTimeout(follow, pause, live, pause, left);
  document.querySelectorAll("[data-live]").forEach((live) => wait(live, FIRST, MOST));
})();
