// The instruments: each looks at a page and gives a list of problems in words, empty when there are none.

import axe from "axe-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

/** Records what a page's browser complains of and what it loads, from now on. */
export class Watch {
  complaints = [];
  #loading = [];
  #bytes = new Map();

  constructor(page) {
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`console: ${message.text()} ${message.location().url}`);
    });
    page.on("pageerror", (error) => this.complaints.push(`script: ${error.message}`));
    page.on("requestfailed", (request) => {
      const why = request.failure()?.errorText ?? "";
      // A page that is left takes its open requests with it, and a download ends its navigation.
      if (why !== "net::ERR_ABORTED") this.complaints.push(`not loaded: ${new URL(request.url()).pathname} ${why}`);
    });
    page.on("response", (response) => {
      const status = response.status();
      if (status >= 400) this.complaints.push(`${status}: ${new URL(response.url()).pathname}`);
      const weigh = async () => this.#bytes.set(response.url(), (await response.body()).length);
      if (status < 300) this.#loading.push(weigh().catch(() => {}));
    });
  }

  /** The complaints so far; the list begins anew. */
  take() {
    return this.complaints.splice(0);
  }

  /** Everything loaded so far, unpacked, in bytes; counting begins anew. */
  async weight() {
    await Promise.all(this.#loading.splice(0));
    const sum = [...this.#bytes.values()].reduce((total, bytes) => total + bytes, 0);
    this.#bytes.clear();
    return sum;
  }
}

/** Breaches of WCAG 2.1 A and AA, as far as a machine can tell. */
export async function accessibility(page) {
  await page.evaluate(axe.source);
  // A colour on its way to another is not what people read.
  await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
  const result = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }),
    TAGS,
  );
  return result.violations.flatMap((rule) =>
    rule.nodes.slice(0, 5).map((node) => `${rule.id}: ${rule.help} – ${node.target.join(" ")}`),
  );
}

/** What makes the page wider than the window. */
export function sideways(page) {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > wide + 1);
    const names = out.slice(0, 5).map((e) => e.tagName.toLowerCase() + (e.className ? `.${e.className}` : ""));
    return [`wider than ${wide} px: ${document.documentElement.scrollWidth} px, by ${names.join(", ")}`];
  });
}

/** What the Tab key cannot reach, where focus cannot be seen, and what changes the natural order. */
export async function keyboard(page) {
  const expected = await page.evaluate(markStops);
  const problems = expected.filter((stop) => stop.forced).map((stop) => `tabindex above 0: ${stop.name}`);
  const reached = new Set();
  await page.evaluate(() => {
    document.activeElement?.blur?.();
    window.scrollTo(0, 0);
  });
  for (let presses = 0; presses < expected.length * 4 + 20 && reached.size < expected.length; presses += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => document.activeElement?.dataset?.stop ?? null);
    if (stop === null || reached.has(stop)) continue;
    reached.add(stop);
    if (!(await focusShows(page))) problems.push(`focus cannot be seen on ${expected[Number(stop)].name}`);
  }
  const missed = expected.filter((_, index) => !reached.has(String(index)));
  return [...problems, ...missed.map((stop) => `Tab does not reach ${stop.name}`)];
}

/** In the page: gives each place where Tab should stop a number, and tells their names. */
function markStops() {
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const groups = new Set();
  const stops = [...document.querySelectorAll(kinds)].filter((element) => {
    if (element.disabled || element.closest("[inert], fieldset[disabled]") || element.tabIndex < 0) return false;
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    if (element.tagName !== "INPUT" || element.type !== "radio") return true;
    // Tab stops once in a group of radio buttons: at the chosen one, else at one of them.
    const group = [...document.querySelectorAll("input[type=radio]")].filter((o) => o.name === element.name && o.form === element.form);
    const chosen = group.find((other) => other.checked);
    const first = !groups.has(group[0]);
    groups.add(group[0]);
    return chosen ? chosen === element : first;
  });
  return stops.map((element, index) => {
    element.dataset.stop = String(index);
    const words = (element.getAttribute("aria-label") ?? element.labels?.[0]?.innerText ?? element.innerText ?? "").trim().slice(0, 40);
    return { name: `${element.tagName.toLowerCase()} "${words}"`, forced: element.tabIndex > 0 };
  });
}

/** Whether the place that has focus looks different from the same place without. */
async function focusShows(page) {
  const clip = await page.evaluate(() => {
    const element = document.activeElement;
    const boxes = [element, ...(element.labels ?? [])].map((part) => part.getBoundingClientRect());
    const left = Math.max(0, Math.min(...boxes.map((b) => b.left)) - 8);
    const top = Math.max(0, Math.min(...boxes.map((b) => b.top)) - 8);
    const right = Math.min(innerWidth, Math.max(...boxes.map((b) => b.right)) + 8);
    const bottom = Math.min(innerHeight, Math.max(...boxes.map((b) => b.bottom)) + 8);
    return { x: left, y: top, width: right - left, height: bottom - top };
  });
  if (clip.width < 1 || clip.height < 1) return false;
  const look = () => page.screenshot({ clip, animations: "disabled" });
  const focused = await look();
  await page.evaluate(() => {
    globalThis.lastFocus = document.activeElement;
    document.activeElement.blur();
  });
  const bare = await look();
  await page.evaluate(() => globalThis.lastFocus.focus({ preventScroll: true }));
  return !focused.equals(bare);
}
