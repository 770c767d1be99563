// The pages a role can come to, found by following links from the front page, one of each kind.

const MOST = 60;

/** The kind of a page: its path with codes and ids as `_`, and the names (not values) of its query. */
export function kindOf(address) {
  const url = new URL(address);
  const parts = url.pathname.split("/").map((part) => (/\d|^[A-Z-]{8,}$/.test(part) && !/^v\d$/.test(part) ? "_" : part));
  const names = [...new Set([...url.searchParams.keys()])].filter((name) => name !== "lang").sort();
  return parts.join("/") + (names.length ? `?${names.join("&")}` : "");
}

/** A name for files, such as `cases-_`. */
export function slug(kind) {
  return kind.replace(/^\//, "").replaceAll(/[^a-z0-9_]+/gi, "-") || "front";
}

/** Visits one page of each kind and calls `look(kind, response)` while it is open. */
export async function crawl(page, look) {
  const start = new URL("/", page.url()).href;
  const waiting = [start];
  const known = new Set([kindOf(start)]);
  for (let visited = 0; waiting.length > 0 && visited < MOST; visited += 1) {
    const address = waiting.shift();
    const response = await page.goto(address).catch((error) => {
      if (/Download is starting|ERR_ABORTED/.test(error.message)) return null;
      throw error;
    });
    if (!response?.headers()["content-type"]?.startsWith("text/html")) continue;
    await look(kindOf(address), response);
    const links = await page.$$eval("a[href]:not([download])", (all) => all.map((a) => a.href));
    for (const link of links) {
      const url = new URL(link);
      url.hash = "";
      const kind = kindOf(url.href);
      const ours = url.origin === new URL(start).origin && !/^\/(assets|api)\//.test(url.pathname) && !url.searchParams.has("lang");
      if (!ours || known.has(kind)) continue;
      known.add(kind);
      waiting.push(url.href);
    }
  }
}
