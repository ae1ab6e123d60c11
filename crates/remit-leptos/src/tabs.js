// The store and the claims that the tabs of an origin share. Without localStorage, intents are kept in memory; without locks, claims hold
// in this page only.

/** An identifier that no other tab has. randomUUID is missing on pages without HTTPS. */
export const seed = () => crypto.randomUUID?.() ?? `${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;

/** Whether the device has a network connection, as far as the platform knows. */
export const online = () => globalThis.navigator?.onLine ?? true;

const PREFIX = "remit ";
/** The intents that could not be written to storage, by identifier. They end with the page. */
const memory = new Map();
/** Storage that the user has disabled throws even when it is read. Servers have none. */
const attempt = (use, otherwise) => {
  try {
    return use(localStorage);
  } catch {
    return otherwise;
  }
};

/** The stored intents, as JSON. */
export const stored = () => {
  const keys = (storage) => Object.keys(storage).filter((key) => key.startsWith(PREFIX));
  return [...memory.values(), ...attempt((storage) => keys(storage).map((key) => storage.getItem(key)), [])];
};

/** The callbacks of this page's forms. A storage event reaches only the other pages of the origin. */
const watchers = new Set();
const tellForms = () => {
  for (const changed of watchers) queueMicrotask(() => watchers.has(changed) && changed());
};

/** Stores an intent. */
export const store = (id, json) => {
  memory.set(id, json);
  attempt((storage) => {
    storage.setItem(PREFIX + id, json);
    memory.delete(id);
  });
  tellForms();
};

/** Removes an intent from the store. */
export const forget = (id) => {
  memory.delete(id);
  attempt((storage) => storage.removeItem(PREFIX + id));
  tellForms();
};

/** The claims of this tab: for each scope, the function that ends it. */
const claims = new Map();

/**
 * Claims a scope for this tab until it is released, and tells whether no other form has claimed it. A browser without locks, or a
 * page without HTTPS, grants every claim that no form of this page holds.
 */
export const claim = async (scope) => {
  const name = PREFIX + scope;
  if (claims.has(name)) return false;
  claims.set(name, () => {});
  const locks = globalThis.navigator?.locks;
  if (!locks) return true;
  return new Promise((decide) => {
    const hold = (lock) => {
      if (!lock) claims.delete(name);
      decide(Boolean(lock));
      return lock && new Promise((release) => claims.set(name, release));
    };
    locks.request(name, { ifAvailable: true }, hold).catch(() => decide(true));
  });
};

/** Ends a claim. */
export const release = (scope) => {
  const name = PREFIX + scope;
  claims.get(name)?.();
  claims.delete(name);
  tellForms();
};

/** The claimed scopes, of this page's forms and of other tabs. */
export const claimed = async () => {
  const { held = [] } = (await globalThis.navigator?.locks?.query().catch(() => undefined)) ?? {};
  const names = new Set([...claims.keys(), ...held.map(({ name }) => name)]);
  return [...names].filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
};

/** Calls back when another form or tab changes the store, and when the connection comes or goes. Returns the function that ends it. */
export const watch = (changed, connected) => {
  const onStorage = ({ key }) => (key === null || key.startsWith(PREFIX)) && changed();
  const onConnection = () => connected(online());
  // A tab that closes releases its locks without a storage event, so the store is read again when this tab becomes visible.
  const events = { storage: onStorage, visibilitychange: changed, online: onConnection, offline: onConnection };
  for (const [name, listener] of Object.entries(events)) globalThis.addEventListener?.(name, listener);
  watchers.add(changed);
  return () => {
    watchers.delete(changed);
    for (const [name, listener] of Object.entries(events)) globalThis.removeEventListener?.(name, listener);
  };
};
