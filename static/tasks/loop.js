/** Lines come, answers go: the next line is there before the last answer has reached the site. */

import { CallFailed, call, uuid } from "./api.js";
import { drafts, outbox, sitting } from "./keeping.js";

const AHEAD = 4; // lines held beyond the one shown
const AHEAD_AT_FIRST = 2; // a newcomer may hold three in all
const UNDO = 60_000; // ms
const SLOWEST = 30_000; // ms between tries
const BATCH = 20; // answers in one request

/**
 * The lines of one project in this tab. `page` is told what happens:
 * `show(lease, {text, spent})` (what was typed before, in so many ms), `wait()`, `end(reason)`, `fetch(task)` (a line that will come), `keep(item)` (an answer was
 * given), `drop(item)` (it is no longer one), `conclude(result, newest)`, `giveBack(reason, held)`,
 * `stumble(connected)` (tried again later), `stop(reason)` (only a reload helps).
 */
export class Loop {
  constructor(project, page) {
    this.project = project;
    this.page = page;
    this.queue = []; // leases after the current one
    this.current = null;
    this.exhausted = false;
    this.last = null; // the answer that may be taken back
    this.talk = null; // the running exchange with the site
    this.failures = 0;
    this.retry = 0;
  }

  /** Start with the leases that came with the page, or with those that this tab held before a reload. */
  begin(given) {
    this.exhausted = given?.exhausted ?? false;
    // A newcomer may hold three lines: those given now have taken the place of those held before.
    const held = given && !sitting.count() ? [] : sitting.leases(this.project);
    this.take([...held, ...(given?.leases ?? [])]);
    this.next();
    this.exchange();
  }

  // ---------- the person's side

  answer(value, elapsed) {
    const { current, project } = this;
    const item = { key: uuid(), lease: current.lease, value, elapsed_ms: Math.round(elapsed), task: current, project };
    outbox.put(item);
    this.last = { item, until: Date.now() + UNDO };
    this.page.keep(item);
    this.next();
    this.exchange();
  }

  skip() {
    const { lease, task } = this.current;
    drafts.keep(task.id, "");
    this.next();
    // A seat that could not be given back frees itself when its time is over.
    call("POST", "leases/release", { leases: [lease] }).catch(() => {}).then(() => this.exchange());
  }

  /** Take the last answer back: "back" when its line is there again, "passed" when it went to someone else, "toolate". */
  async undo() {
    if (!this.last || Date.now() > this.last.until) return "toolate";
    const { item } = this.last;
    await this.talk;
    const unsent = outbox.all().some(({ key }) => key === item.key);
    outbox.drop([item.key]);
    try {
      const { lease } = await call("DELETE", `answers/${item.key}`); // what seems unsent may have arrived
      if (!unsent) sitting.add(-1);
      this.last = null;
      this.page.drop(item);
      if (lease) this.putBack({ ...lease, lease: item.lease }, item);
      return lease ? "back" : "passed";
    } catch (failure) {
      if (unsent && failure.status === 404) return this.recall(item);
      if (unsent) outbox.put(item);
      throw failure;
    }
  }

  recall(item) {
    this.last = null;
    this.page.drop(item);
    this.putBack(item.task, item);
    return "back";
  }

  report(reason) {
    return call("POST", "flags", { lease: this.current.lease, reason });
  }

  // ---------- lines

  take(leases) {
    const known = new Set([this.current, ...this.queue].map((lease) => lease?.lease));
    this.queue.push(...leases.filter((lease) => !known.has(lease.lease)));
    this.queue.forEach((lease) => this.page.fetch(lease.task));
    this.hold();
  }

  next() {
    this.current = this.queue.shift() ?? null;
    this.hold();
    this.present();
  }

  /** Show where things stand. */
  present() {
    if (this.current) this.page.show(this.current, drafts.of(this.current.task.id));
    else if (this.exhausted && !outbox.all().length) this.page.end(this.reason);
    else this.page.wait();
  }

  /** Show a line again that was answered by `item`. */
  putBack(lease, { value, elapsed_ms }) {
    if (this.current) this.queue.unshift(this.current);
    this.current = lease;
    this.hold();
    this.page.show(lease, { text: value.text ?? "", spent: elapsed_ms });
  }

  hold() {
    sitting.hold(this.project, this.current ? [this.current, ...this.queue] : this.queue);
  }

  // ---------- the site's side

  /** Send what waits and fetch what is needed, in one request; at most one is under way. */
  exchange() {
    this.talk ??= this.converse().finally(() => {
      this.talk = null;
    });
    return this.talk;
  }

  async converse() {
    clearTimeout(this.retry);
    try {
      for (;;) {
        const answers = outbox.all().slice(0, BATCH);
        const count = this.exhausted ? 0 : (sitting.count() ? AHEAD : AHEAD_AT_FIRST) - this.queue.length;
        if (!answers.length && count <= 0) break;
        const reply = await this.ask(answers, count);
        this.failures = 0;
        // An answer given while we asked counts on this exchange to carry it.
        if (!answers.length && !reply.leases.length && !outbox.all().length) break;
      }
    } catch (failure) {
      if (!(failure instanceof CallFailed)) throw failure;
      return this.suffer(failure);
    }
    if (!this.current && this.exhausted) this.page.end(this.reason);
  }

  async ask(answers, count) {
    const more = count > 0 ? { project: this.project, count } : undefined;
    const bare = answers.map(({ key, lease, value, elapsed_ms }) => ({ key, lease, value, elapsed_ms }));
    const reply = answers.length
      ? await call("POST", "answers", { answers: bare, next: more })
      : await call("POST", `projects/${encodeURIComponent(this.project)}/leases`, { count });
    for (const result of reply.results ?? []) {
      const item = answers.find(({ key }) => key === result.key);
      if (item) this.conclude(item, result);
    }
    this.exhausted = reply.exhausted ?? this.exhausted;
    this.take(reply.leases ?? []);
    if (!this.current && this.queue.length) this.next();
    return reply;
  }

  conclude(item, result) {
    outbox.drop([item.key]);
    if (result.status === "refused") return this.returned(item, result.reason);
    drafts.keep(item.task.task.id, "");
    if (result.status === "counted") sitting.add(1);
    const newest = item.key === this.last?.item.key;
    if (newest && result.status !== "counted") this.last = null;
    this.page.conclude(result, newest);
  }

  /** Nothing was stored: the text is kept, and the line comes back when it is still ours. */
  returned(item, reason) {
    drafts.keep(item.task.task.id, item.value.text ?? "", item.elapsed_ms);
    if (item.key === this.last?.item.key) this.last = null;
    this.page.drop(item);
    const held = item.project === this.project && Date.parse(item.task.expires_at) > Date.now();
    this.page.giveBack(reason, held);
    if (!held) return;
    // Nobody is torn away from a text half typed.
    if (this.current && drafts.of(this.current.task.id).text) this.queue.unshift(item.task);
    else this.putBack(item.task, item);
  }

  suffer(failure) {
    if (failure.passing) return this.tryAgain(failure);
    if (failure.status === 401 || failure.status === 403) return this.page.stop();
    if (failure.status === 409 && !this.exhausted) return this.close(failure.detail);
    // The site will never take these as they are: the texts become drafts, so that a reload starts afresh.
    for (const { value, task, elapsed_ms: spent } of outbox.all()) drafts.keep(task.task.id, value.text ?? "", spent);
    outbox.drop(outbox.all().map(({ key }) => key));
    this.page.stop(failure.detail);
  }

  tryAgain(failure) {
    this.failures += 1;
    const wait = Math.min(SLOWEST, 1000 * 2 ** this.failures) * (0.5 + Math.random() / 2);
    this.retry = setTimeout(() => this.exchange(), Math.max(failure.wait, wait));
    this.page.stumble(failure.status !== 0);
  }

  /** The project takes no more: send what waits without asking for the next line. */
  close(reason) {
    this.exhausted = true;
    this.reason = reason;
    setTimeout(() => this.exchange());
  }
}
