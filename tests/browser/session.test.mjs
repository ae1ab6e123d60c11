// One payment for each confirmation, and no outcome lost: impatient clicks, reloads, other tabs, and networks that fail.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { open, outcome, press, settled, start, type } from "./stack.mjs";

let stack;
before(async () => (stack = await start()));
after(() => stack.stop());

const rows = (id) => stack.rows(`select * from payments where provider = '${id}'`);
const until = (page, state) => page.waitForFunction((state) => document.querySelector("remit-payment").state === state, state);
const stored = (page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("remit ")).map((key) => localStorage.getItem(key)));
const posts = (page) => {
  const urls = [];
  page.on("request", (request) => request.method() === "POST" && urls.push(request.url()));
  return urls;
};

/** A page whose form pays a Clockify invoice that the page sets. */
async function paying(at, options = {}) {
  const page = options.page ?? (await open(stack, options));
  const { ids, invoices } = stack.provider("clockify");
  const set = async () => {
    await page.locator("remit-payment[base-url]").waitFor({ state: "attached" });
    await page.evaluate(
      ({ workspace, invoice }) => {
        const [original, element] = [document.querySelector("remit-payment"), document.createElement("remit-payment")];
        Object.assign(element, { provider: "clockify", baseUrl: original.baseUrl, workspaceId: workspace, invoice });
        original.replaceWith(element);
        window.events = [];
        for (const name of ["submit", "success", "failure", "unknown"]) element.addEventListener(`remit-${name}`, ({ detail }) => window.events.push([name, detail]));
      },
      { workspace: ids.workspaceId, invoice: invoices[at] },
    );
  };
  await set();
  await page.waitForFunction(() => !["loading"].includes(document.querySelector("remit-payment").state));
  return { page, invoice: invoices[at], set };
}

const fill = (page, amount, note) => type(page, { paidAt: "11192026", amount, ...(note && { note }) });

async function review(page) {
  await press(page, "Review payment");
  await until(page, "review");
}

test("a double click on the review button does not record the payment", async () => {
  for (const [viewport, gap] of [[1280, 0], [1280, 150], [768, 300], [320, 0], [320, 150]]) {
    const { page } = await paying(0, { viewport: { width: viewport, height: 800 } });
    const sent = posts(page);
    await fill(page, "1.00");
    const button = page.locator("remit-payment button[type=submit]");
    await button.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await button.boundingBox();
    await page.mouse.click(x + width / 2, y + height / 2);
    await page.waitForTimeout(gap);
    await page.mouse.click(x + width / 2, y + height / 2, { clickCount: gap < 300 ? 2 : 1 });
    // Whatever the review has put under the pointer.
    for (const part of [".primary", ".secondary"]) {
      const box = await page.locator(`remit-payment .review ${part}`).boundingBox();
      await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
    }
    assert.equal(await page.evaluate(() => document.querySelector("remit-payment").state), "review", `${viewport} px, ${gap} ms`);
    await page.waitForTimeout(300);
    assert.deepEqual(sent, []);
    await page.context().close();
  }
});

test("fifty clicks in one turn, Enter and a double tap send one request", async () => {
  const { page } = await paying(0);
  const sent = posts(page);
  const before = rows("clockify").length;
  await fill(page, "1.25");
  await review(page);
  await page.waitForTimeout(600);
  await page.evaluate(() => {
    const button = document.querySelector("remit-payment").shadowRoot.querySelector(".review .primary");
    for (let times = 0; times < 50; times += 1) button.click();
  });
  await page.keyboard.press("Enter");
  assert.equal(await settled(page), "recorded");
  assert.equal(sent.length, 1);
  assert.equal(rows("clockify").length, before + 1);
  assert.deepEqual(await stored(page), [], "a recorded payment is forgotten");
  await page.evaluate(() => document.querySelector("remit-payment").reset());
  assert.equal(await page.evaluate(() => document.querySelector("remit-payment").state), "recorded", "the user has not acknowledged it");
  await page.context().close();
});

test("after a reload during the request, the payment is shown as unknown until it is settled", async () => {
  const { page, set } = await paying(0);
  const before = rows("clockify").length;
  await stack.fault("delay=2*1");
  await fill(page, "2.25", "a private note");
  await review(page);
  await press(page, "Record payment");
  await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.startsWith("remit ")));
  const [entry] = await stored(page);
  assert.ok(!entry.includes("a private note"), "the note is not stored");
  await page.waitForTimeout(300);
  await page.reload();
  await set();
  assert.equal(await settled(page), "unknown");
  assert.match(await outcome(page).textContent(), /closed or reloaded before the outcome was known/);
  // Another visit shows it as well, and a reset does not end it.
  await page.evaluate(() => document.querySelector("remit-payment").reset());
  assert.equal(await page.evaluate(() => document.querySelector("remit-payment").state), "unknown");
  await page.reload();
  await set();
  assert.equal(await settled(page), "unknown");
  await page.waitForTimeout(2_000);
  await press(page, "Check again");
  // The relay knows what became of the payment's key.
  await page.locator("remit-payment [data-outcome=recorded]").waitFor();
  assert.equal(rows("clockify").length, before + 1);
  assert.deepEqual(await stored(page), []);
  await page.reload();
  await set();
  await page.locator("remit-payment .form").waitFor();
  await page.context().close();
});

test("another tab shows the payment that is being recorded, and cannot record a second one meanwhile", async () => {
  const { page } = await paying(0);
  const before = rows("clockify").length;
  const second = await page.context().newPage();
  await second.goto(page.url());
  await paying(0, { page: second });
  await fill(second, "3.25");
  await review(second);
  await stack.fault("delay=2*1");
  await fill(page, "3.25");
  await review(page);
  await press(page, "Record payment");
  await until(page, "sending");
  // The review of the second tab gives way to the payment of the first.
  await until(second, "unknown");
  await second.getByText("Another tab or window is recording this payment now").waitFor();
  assert.equal(await second.locator("remit-payment .outcome button").count(), 0, "there is nothing to decide yet");
  assert.equal(await settled(page), "recorded");
  await until(second, "editing");
  assert.equal(await second.locator("remit-payment [name=amount]").inputValue(), "3.25", "the entries are kept");
  assert.equal(rows("clockify").length, before + 1);
  // The form now points out the twin.
  await review(second);
  await second.getByText(/A payment of the same amount and date is already in Clockify: .*3\.25/).waitFor();
  await page.context().close();
});

/** A relay at /keyed/clockify, which the test answers: it wants a token, loses the first payment's response, and knows its key. */
async function keyed(page) {
  const relay = { token: "a-first-token", requests: [], key: undefined };
  await page.route(({ pathname }) => pathname.startsWith("/keyed/clockify"), async (route) => {
    const [request, headers] = [route.request(), await route.request().allHeaders()];
    const { pathname } = new URL(request.url());
    relay.requests.push(`${request.method()} ${pathname.includes("/_intents/") ? "key" : pathname.split("/").at(-1)}`);
    const fulfill = (status, json, more) => route.fulfill({ status, json, headers: { "remit-deadline": "30", ...more } });
    if (headers.authorization !== `Bearer ${relay.token}`) return fulfill(401, { code: "session", detail: "The session has expired." }, { "remit-outcome": "not-sent" });
    if (request.method() === "POST") {
      relay.key = headers["idempotency-key"];
      return route.abort("connectionreset");
    }
    if (request.method() === "DELETE" && pathname.endsWith(`/_intents/${relay.key?.slice(1, -1)}`)) return fulfill(200, { paymentId: "64a687e29ae1f428e7ebe999" }, { "remit-outcome": "recorded" });
    return pathname.endsWith("/payments") ? fulfill(200, []) : fulfill(404, {});
  });
  return relay;
}

test("a relay refuses an expired session, and later says what became of the payment with this key", async () => {
  const { page, set } = await paying(0);
  const relay = await keyed(page);
  const start = (session) =>
    page.evaluate((session) => {
      const element = document.querySelector("remit-payment");
      Object.assign(element, { baseUrl: "/keyed/clockify", session });
      element.addEventListener("remit-session-expired", ({ detail }) => window.events.push(["session-expired", detail]));
    }, session);
  await start("an-old-token");
  await fill(page, "6.25", "by phone");
  await review(page);
  await press(page, "Record payment");
  assert.equal(await settled(page), "not-sent");
  assert.match(await outcome(page).textContent(), /session has expired or is not valid/);
  assert.ok(!relay.requests.some((request) => request.startsWith("POST")), relay.requests.join());
  const events = await page.evaluate(() => window.events);
  assert.deepEqual(events.find(([name]) => name === "session-expired"), ["session-expired", { provider: "clockify", reason: "The session has expired." }]);
  assert.ok(!JSON.stringify(events).includes("token"), "no event has the token");
  await page.evaluate(() => (document.querySelector("remit-payment").session = "a-first-token"));
  await press(page, "Try again");
  await until(page, "review");
  await press(page, "Record payment");
  await until(page, "unknown");
  assert.match(relay.key, /^"[0-9a-f-]{36}-\d+"$/);
  const kept = (await stored(page)).join();
  assert.ok(kept.includes(relay.key.slice(1, -1)) && !kept.includes("token"), kept);
  await page.reload();
  await set();
  await start("a-first-token");
  await until(page, "unknown");
  await press(page, "Check again");
  await until(page, "recorded");
  assert.match(await outcome(page).textContent(), /64a687e29ae1f428e7ebe999/);
  assert.equal(relay.requests.filter((request) => request.startsWith("POST")).length, 1);
  await page.context().close();
});

test("without a network the payment is not sent, and says so", async () => {
  const { page } = await paying(0);
  const sent = posts(page);
  await fill(page, "4.25");
  await review(page);
  await page.context().setOffline(true);
  await press(page, "Record payment");
  assert.equal(await settled(page), "not-sent");
  assert.match(await outcome(page).textContent(), /This device is offline/);
  await page.context().setOffline(false);
  await press(page, "Try again");
  await until(page, "review");
  await press(page, "Record payment");
  assert.equal(await settled(page), "recorded");
  assert.equal(sent.length, 1);
  await page.context().close();
});

test("with an invoice's identifier alone, the form reads the invoice and does not ask for its currency", async () => {
  for (const id of ["clockify", "harvest", "harvest-v2", "dayzero"]) {
    const page = await open(stack);
    const { ids, invoices } = stack.provider(id);
    const invoice = invoices.find(({ currency, state, balance }) => currency === "EUR" && Number(balance) > 1 && ["open", "partial"].includes(state ?? "open")) ?? invoices[0];
    await page.evaluate(
      ({ id, ids, invoice }) => {
        const [original, element] = [document.querySelector("remit-payment"), document.createElement("remit-payment")];
        Object.assign(element, { provider: id, baseUrl: original.baseUrl, invoiceId: invoice.id });
        if (ids.workspaceId) element.workspaceId = ids.workspaceId;
        if (ids.businessId) element.businessId = ids.businessId;
        original.replaceWith(element);
      },
      { id, ids, invoice },
    );
    await page.locator("remit-payment .lead .balance").waitFor();
    assert.equal(await page.locator("remit-payment [name=currency]").count(), 0, `${id} asks for the currency`);
    assert.equal(await page.locator("remit-payment [data-kind=amount] .affix").first().textContent(), invoice.currency, id);
    await page.context().close();
  }
});

test("a server that does not accept the page's origin is named before anything is sent", async () => {
  const received = [];
  const server = createServer((request, response) => {
    received.push(request.method);
    response.writeHead(200, { "content-type": "application/json" }).end("[]");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { page } = await paying(0, { bypassCSP: true });
    await page.evaluate((port) => (document.querySelector("remit-payment").baseUrl = `http://127.0.0.1:${port}/elsewhere`), server.address().port);
    await fill(page, "5.25");
    await review(page);
    await press(page, "Record payment");
    assert.equal(await settled(page), "not-sent", await outcome(page).textContent());
    assert.match(await outcome(page).textContent(), /does not accept requests from this page/);
    assert.ok(received.length > 0 && !received.includes("POST"), received.join());
    await page.context().close();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("an address without a scheme is refused, and nothing is posted to the page's own server", async () => {
  const { page } = await paying(0);
  const message = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const element = document.querySelector("remit-payment");
        element.addEventListener("remit-load-error", ({ detail }) => resolve(detail.message), { once: true });
        element.baseUrl = "relay.example.com/clockify";
      }),
  );
  assert.match(message, /base-url="relay\.example\.com\/clockify" has no scheme/);
  await page.context().close();
});

test("a moment that the page sets shows its day, and passing through the field keeps its time", async () => {
  const { page } = await paying(0, { timezoneId: "Europe/Berlin" });
  await page.evaluate(() => (document.querySelector("remit-payment").value = { paidAt: "2026-11-19T10:00:00Z", amount: "1.00" }));
  const control = page.locator("remit-payment [name=paidAt]");
  assert.equal(await control.inputValue(), "2026-11-19");
  await control.focus();
  for (let times = 0; times < 4; times += 1) await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.querySelector("remit-payment").value.paidAt), "2026-11-19T10:00:00Z");
  await review(page);
  assert.match(await page.locator("remit-payment .review .sentence").textContent(), /10:00/);
  await page.context().close();
});

test("today is the day on which its button is pressed", async () => {
  const { page } = await paying(0);
  // The computer's clock passes midnight after the form was drawn.
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 86_400_000;
  });
  await page.getByRole("button", { name: "Today" }).first().click();
  const shown = await page.locator("remit-payment [name=paidAt]").inputValue();
  assert.equal(shown, await page.evaluate(() => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10)));
  await page.context().close();
});
