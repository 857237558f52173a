/** The end of a round: what was done, what it made findable, and what may come next. */

import { call } from "./api.js";
import { clock } from "./keeping.js";
import { fullestPage, proofOf } from "./proof.js";
import { fate, reading } from "./round.js";

const NAMED = 3; // words named in the sentence

const $ = (id) => document.getElementById(id);

/** `template` with what is given put at the names in braces; elements stay elements. */
function filled(template, given) {
  return template.split(/\{(\w+)\}/).map((part, place) => (place % 2 ? given[part] : part));
}

function capital(text) {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

export class Ending {
  constructor(words) {
    this.words = words;
    this.answers = [];
    this.language = $("say").lang;
    this.numbers = words.numbers.split(" ");
    $("inplace").addEventListener("click", () => this.putInPlace());
  }

  /** Tell of a round's answers; `way` is how they were given, `over` says why nothing more is to come, if so. */
  show(answers, { way, over }) {
    this.answers = answers;
    this.way = way;
    this.asked = false;
    $("ended").textContent = !answers.length ? this.words.thanks : way === "bridge" ? this.words.across : this.words.ended;
    $("farewell").hidden = !over;
    if (over?.reason) $("farewell").textContent = over.reason;
    $("onward").hidden = Boolean(over);
    for (const part of document.querySelectorAll(".after")) part.hidden = !over;
    for (const part of document.querySelectorAll(".ofround")) part.hidden = !answers.length;
    $("done").classList.toggle("wide", answers.length > 0);
    if (!answers.length) return;
    this.tell();
    this.prove();
  }

  tell() {
    const { answers } = this;
    $("did").textContent = this.summary();
    $("found").replaceChildren(...this.finding());
    $("waits").textContent = this.count("waiting") + this.count("unsent");
    $("took").parentElement.hidden = !clock.on();
    $("took").textContent = duration(answers.reduce((sum, { elapsed }) => sum + elapsed, 0));
    $("each").replaceChildren(...answers.map((answer) => this.line(answer)));
    const stamp = $("proof").querySelector(".stamp");
    stamp.querySelector(".in").textContent = answers.length;
    stamp.querySelector(".under").textContent = new Date().toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "short" });
  }

  /** An answer is said to be kept here only once the site was given time to take it. */
  fateOf(answer) {
    const known = fate(answer);
    return known === "unsent" && !this.asked ? "waiting" : known;
  }

  count(name) {
    return this.answers.filter((answer) => this.fateOf(answer) === name).length;
  }

  /** A sentence about `n` lines: its first word is a number, written out, or “all”. */
  sentence(name, n) {
    if (!n) return "";
    const number = capital(this.numbers[n - 1] ?? String(n));
    if (n > 1 && n === this.answers.length && this.words[`${name}All`]) return this.words[`${name}All`];
    return (n === 1 ? this.words[`${name}One`] : this.words[`${name}Many`]).replace("{n}", number);
  }

  summary() {
    const of = (name, fate) => this.sentence(name, this.count(fate));
    return [
      this.sentence("did", this.answers.length),
      of(this.way === "bridge" ? "stone" : "confirmed", "confirmed"),
      of("waiting", "waiting"),
      of("unsent", "unsent"),
      of("differs", "differs"),
      of("disputed", "disputed"),
    ].filter(Boolean).join(" ");
  }

  /** What can be found now, or will be: up to three of the longest words. */
  finding() {
    const typed = this.answers.filter((answer) => reading(answer));
    const confirmed = typed.filter((answer) => fate(answer) === "confirmed");
    const waiting = typed.filter((answer) => ["waiting", "unsent"].includes(fate(answer)));
    const told = confirmed.length ? confirmed : waiting;
    const nothingRead = this.answers.every(({ value }) => value.unreadable || value.blank);
    if (!told.length) return [nothingRead ? this.words.unfound : this.words.looktwice];
    const texts = [...new Set(told.map(reading))].sort((one, other) => other.length - one.length).slice(0, NAMED);
    return filled(confirmed.length ? this.words.findable : this.words.tobefound, { words: this.listed(texts) }).flat();
  }

  listed(texts) {
    const parts = new Intl.ListFormat(document.documentElement.lang).formatToParts(texts);
    return parts.map(({ type, value }) => (type === "element" ? this.written(value) : value));
  }

  written(text) {
    return Object.assign(document.createElement("b"), { className: "written", lang: this.language, textContent: text });
  }

  line(answer) {
    const { value, task } = answer;
    const item = document.createElement("li");
    const text = reading(answer) || task.suggestion;
    const none = value.choice && !reading(answer) && this.words.noneofthese;
    const what = value.unreadable ? this.words.unread : value.blank ? this.words.isempty : none || this.written(text);
    const said = value.matches === false ? [what, ` (${this.words.notso})`] : [what];
    item.append(...said, " ", Object.assign(document.createElement("span"), { className: "soft small", textContent: this.words[`fate${capital(this.fateOf(answer))}`] }));
    item.className = this.fateOf(answer);
    return item;
  }

  prove() {
    const shown = fullestPage(this.answers);
    const label = this.words.proof.replace("{n}", shown.length);
    $("proof").querySelector(".scan").replaceChildren(proofOf(shown, reading, { label, language: this.language }));
    $("inplace").hidden = !shown.some(reading);
    $("inplace").setAttribute("aria-pressed", "false");
    const elsewhere = this.answers.length - shown.length;
    $("otherpages").hidden = !elsewhere;
    $("otherpages").textContent = this.sentence("elsewhere", elsewhere);
  }

  putInPlace() {
    const pressed = $("inplace").getAttribute("aria-pressed") !== "true";
    $("inplace").setAttribute("aria-pressed", String(pressed));
    $("proof").classList.toggle("inplace", pressed);
  }

  /** Ask once what has been decided since; resolves to what the site says, nothing where it says nothing. */
  async ask() {
    this.asked = true;
    const keys = this.answers.filter(({ feedback }) => !feedback).map(({ key }) => ["key", key]);
    const [known, board] = await Promise.allSettled([
      keys.length ? call("GET", `answers?${new URLSearchParams(keys)}`) : { items: [] },
      call("GET", "leaderboards/all"),
    ]);
    const points = board.value?.me?.points;
    $("points").parentElement.hidden = points === undefined;
    $("points").textContent = points;
    return known.value?.items ?? [];
  }
}

/** "1:25" */
export function duration(ms) {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
