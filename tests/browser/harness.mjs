// Starts the demo county and a browser, logs roles in, and counts what holds.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const ROOT = resolve(fileURLToPath(import.meta.url), "../../..");
const START_LIMIT_MS = 120_000;
const SENTENCE_LIMIT_MS = 8_000;
/** The demo's day, and what its clock says when it is ready: eight in the morning, Swedish time. */
const TODAY = "2026-09-14";
const MORNING = Date.parse(`${TODAY}T08:00:00+02:00`);

/** Counts checks. A check that throws has failed; the others go on. */
export class Tally {
  passed = 0;
  failed = 0;

  async check(name, body) {
    try {
      await body();
      this.passed += 1;
      console.log(`ok      ${name}`);
    } catch (error) {
      this.failed += 1;
      console.log(`FAILED  ${name}\n        ${String(error?.message ?? error).replaceAll("\n", "\n        ")}`);
    }
  }

  /** Prints the line that is counted and ends the program with 0 or 1. */
  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

/** Fails with `says` and the list when the list of problems is not empty. */
export function none(problems, says = "problems") {
  if (problems.length > 0) throw new Error(`${says}:\n${problems.join("\n")}`);
}

export function holds(condition, says) {
  if (!condition) throw new Error(says);
}

/** The browser, without anything that talks to the net on its own. */
export function openBrowser() {
  const asRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: process.env.KEDJAN_TEST_CHROMIUM ?? "/usr/bin/chromium",
    chromiumSandbox: !asRoot,
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/**
 * The demo county, served on a free port from a folder of its own.
 * Its standard output has a table of log-ins headed `log-in  password  where` and ended by an empty line, where the
 * user's name is the role; then tokens as `token ROLE TOKEN`, then `ready URL`.
 */
export class Demo {
  logins = new Map();
  tokens = new Map();
  url = "";
  #said = "";
  #readyAt = 0;

  /** What the demo's clock says, in milliseconds, within a few. */
  now() {
    return MORNING + Date.now() - this.#readyAt;
  }

  static async start() {
    const demo = new Demo();
    const program = process.env.KEDJAN_TEST_BIN ?? join(ROOT, "target/debug/kedjan");
    demo.folder = await mkdtemp(join(tmpdir(), "kedjan-demo-"));
    const words = ["demo", "--listen", "127.0.0.1:0", "--dir", join(demo.folder, "county")];
    words.push("--cases", "400", "--seed", "7", "--today", TODAY);
    demo.process = spawn(program, words, { cwd: demo.folder, stdio: ["ignore", "pipe", "pipe"] });
    demo.ended = once(demo.process, "exit").catch((error) => [error.message]);
    demo.process.stderr.on("data", (data) => (demo.#said = (demo.#said + data).slice(-4_000)));
    for (const signal of ["SIGINT", "SIGTERM"]) {
      process.once(signal, async () => {
        await demo.stop();
        process.exit(1);
      });
    }
    try {
      await demo.#ready();
    } catch (error) {
      await demo.stop();
      throw error;
    }
    return demo;
  }

  async #ready() {
    let limit;
    const late = new Promise((_, reject) => {
      limit = setTimeout(() => reject(new Error(`not ready after ${START_LIMIT_MS / 1000} s`)), START_LIMIT_MS);
    });
    const ready = new Promise((done, reject) => {
      let inTable = false;
      createInterface({ input: this.process.stdout }).on("line", (line) => {
        const words = line.trim().split(/\s+/);
        if (inTable && words.length > 2) this.logins.set(words[0], { user: words[0], password: words[1] });
        inTable = words[0] === "log-in" || (inTable && words.length > 2);
        if (words[0] === "token") this.tokens.set(words[1], words[2]);
        if (words[0] === "ready") {
          this.#readyAt = Date.now();
          done(words[1].replace(/\/$/, ""));
        }
      });
      this.ended.then(([status]) => reject(new Error(`\`kedjan demo\` ended before it was ready (${status})\n${this.#said}`)));
    });
    try {
      this.url = await Promise.race([ready, late]);
    } finally {
      clearTimeout(limit);
    }
  }

  async stop() {
    if (this.process.pid && this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill("SIGTERM");
      const stubborn = setTimeout(() => this.process.kill("SIGKILL"), 10_000);
      await this.ended;
      clearTimeout(stubborn);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The demo and a browser together, with pages that are logged in as a role. */
export class World {
  static async open() {
    const world = new World();
    world.demo = await Demo.start();
    try {
      world.browser = await openBrowser();
    } catch (error) {
      await world.demo.stop();
      throw error;
    }
    return world;
  }

  /** A page in a context of its own; `settings` are Playwright's for the context. */
  async page(settings = {}) {
    const context = await this.browser.newContext({
      baseURL: this.demo.url,
      locale: "sv-SE",
      timezoneId: "Europe/Stockholm",
      ...settings,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(SENTENCE_LIMIT_MS);
    return page;
  }

  /** A page that is logged in as one of the demo's roles. */
  async as(role, settings = {}) {
    const login = this.demo.logins.get(role);
    holds(login, `the demo printed no log-in for ${role}`);
    const page = await this.page(settings);
    await page.goto("/");
    await page.getByLabel("Användarnamn").fill(login.user);
    await page.getByLabel("Lösenord").fill(login.password);
    await page.getByRole("button", { name: "Logga in" }).click();
    await page.getByRole("button", { name: "Logga ut" }).waitFor();
    return page;
  }

  async close() {
    await this.browser?.close();
    await this.demo.stop();
  }
}
