/** What this device keeps: answers not yet on the site's disk, drafts, and the lines held by this tab. */

const OUTBOX = "civictasks.outbox";
const DRAFTS = "civictasks.drafts";
const DRAFTS_KEPT = 100;

const memory = new Map(); // where a browser keeps nothing for us, the open page does

function read(storage, name, otherwise) {
  try {
    return JSON.parse(storage().getItem(name)) ?? memory.get(name) ?? otherwise;
  } catch {
    return memory.get(name) ?? otherwise;
  }
}

function write(storage, name, value) {
  try {
    storage().setItem(name, JSON.stringify(value));
    memory.delete(name);
  } catch {
    memory.set(name, value);
  }
}

const local = () => window.localStorage;
const tab = () => window.sessionStorage;

/** Answers waiting to be sent, the oldest first: {key, lease, value, elapsed_ms, task (the whole lease), project}. */
export const outbox = {
  all: () => read(local, OUTBOX, []),
  put: (answer) => write(local, OUTBOX, [...outbox.all(), answer]),
  drop: (keys) => write(local, OUTBOX, outbox.all().filter((answer) => !keys.includes(answer.key))),
};

/** Texts typed and not yet answered, by task, with the ms that somebody had the line before them. */
export const drafts = {
  of(task) {
    const [, text = "", spent = 0] = read(local, DRAFTS, []).find(([id]) => id === task) ?? [];
    return { text, spent };
  },
  keep(task, text, spent = 0) {
    const others = read(local, DRAFTS, []).filter(([id]) => id !== task);
    write(local, DRAFTS, (text ? [...others, [task, text, Math.round(spent)]] : others).slice(-DRAFTS_KEPT));
  },
};

/** Leases of this tab in a project and the number of lines read; both outlive a reload. */
export const sitting = {
  leases: (project) => read(tab, `civictasks.leases.${project}`, []).filter((lease) => Date.parse(lease.expires_at) > Date.now()),
  hold: (project, leases) => write(tab, `civictasks.leases.${project}`, leases),
  count: () => read(tab, "civictasks.count", 0),
  add: (lines) => write(tab, "civictasks.count", Math.max(0, sitting.count() + lines)),
};

/** Whether yes and no are answered with single keys. */
export const singleKeys = {
  on: () => read(local, "civictasks.keys", false),
  set: (on) => write(local, "civictasks.keys", on),
};

/** The round of ten in a project, of this tab. */
export const rounds = {
  of: (project) => read(tab, `civictasks.round.${project}`, {}),
  keep: (project, round) => write(tab, `civictasks.round.${project}`, round),
};

/** The way of playing that this visitor chose, null before any choice. */
export const chosenWay = {
  get: () => read(local, "civictasks.way", null),
  set: (way) => write(local, "civictasks.way", way),
};

/** Whether the player wants to see how long a round takes. */
export const clock = {
  on: () => read(local, "civictasks.clock", false),
  set: (on) => write(local, "civictasks.clock", on),
};
