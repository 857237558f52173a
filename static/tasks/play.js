/** The play page: one loop of lines and answers, played plainly or as Bridge. */

import { token } from "./api.js";
import { Bridge } from "./bridge.js";
import { Ending, duration } from "./ending.js";
import { listen, offerSettings } from "./hands.js";
import { clock, drafts, sitting } from "./keeping.js";
import { lessonOf } from "./lesson.js";
import { complain, fetchPicture, heading, showLine, valueOf } from "./line.js";
import { Loop } from "./loop.js";
import { Round, reading } from "./round.js";
import { announce, say } from "./saying.js";
import { way } from "./way.js";

const PROJECTED = 1200; // ms until points given are on the boards
const SHORT = 18; // letters of a word on the undo button

const $ = (id) => document.getElementById(id);
const words = $("words").dataset;
const round = new Round($("play").dataset.project);
const bridge = new Bridge($("scene"));
const ending = new Ending(words);
const narrow = matchMedia("(max-width: 40rem)");
let shownAt = performance.now(); // of the line shown; earlier by the time that somebody had it before them already
let over = null; // {reason} when nothing is left here

// ---------- what is seen

function open(name) {
  for (const section of ["start", "task", "waiting", "done"]) $(section).hidden = section !== name;
  $("where").hidden = name === "start" || (name === "done" && !sitting.count());
}

/** Bridge rests after each round; the plain page goes on. */
function resting() {
  return way.bridge && round.full;
}

function tally() {
  const lines = sitting.count();
  if (lines) $("count").textContent = lines === 1 ? words.one : words.many.replace("{n}", lines);
  const done = round.full ? 0 : round.answers.length;
  [...$("steps").children].forEach((step, place) => {
    step.hidden = place >= round.size;
    step.className = place < done || round.full ? "done" : place === done ? "now" : "";
  });
  $("lookback").hidden = !round.finished;
}

function tell() {
  const { answers, confirmed } = round;
  const told = answers.length
    ? [ending.sentence("tale", answers.length), ending.sentence("stone", confirmed)].join(" ")
    : words.tale;
  for (const tale of document.querySelectorAll(".tale")) tale.textContent = told;
}

function offerUndo() {
  const item = loop.last?.item;
  const word = item && reading({ value: item.value, task: item.task.task });
  const short = word?.length > SHORT ? `${word.slice(0, SHORT - 1).trimEnd()}…` : word;
  for (const button of document.querySelectorAll(".undo")) {
    button.hidden = !item;
    button.textContent = short && !narrow.matches ? words.undoword.replace("{word}", short) : words.undo;
  }
}

function showClock() {
  const seen = clock.on() && !$("task").hidden;
  const time = seen ? duration(round.elapsed + performance.now() - shownAt) : "";
  for (const face of document.querySelectorAll(".clock")) face.textContent = time;
}

function show() {
  tally();
  tell();
  offerUndo();
  showClock();
}

function verdict({ reason, feedback }) {
  if (reason) return reason;
  if (!feedback) return words.saved;
  if (feedback.agrees === undefined) return words.disputed;
  return feedback.agrees ? words.agreed : words.differs;
}

function counted(template) {
  return template.replace("{n}", round.answers.length).replace("{size}", round.size);
}

// ---------- the end of a round

async function endRound() {
  const { answers } = round;
  if (way.bridge) bridge.cross(round);
  open("done");
  ending.show(answers, { way: way.name, over });
  show();
  $("ended").focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
  await loop.exchange();
  await new Promise((resolve) => setTimeout(resolve, PROJECTED));
  const decided = await ending.ask();
  for (const answer of round.learn(decided)) bridge.turn(answer);
  if (!$("done").hidden && ending.answers === answers) ending.tell();
  tell();
}

/** Look back at the last round that was finished, from the plain page. */
function lookBack() {
  open("done");
  say("");
  $("lookback").hidden = true;
  ending.show(round.finished ?? [], { way: way.name, over });
  $("ended").focus();
  ending.ask().then((decided) => {
    round.learn(decided);
    ending.tell();
  });
}

function goOn() {
  if (round.full) round.begin();
  bridge.draw(round, false);
  say("");
  loop.present();
  show();
}

function choose(name) {
  way.choose(name);
  if (way.bridge) {
    if (round.full && !$("task").hidden) round.begin(); // the plain page has gone on already
    bridge.draw(round, round.full);
  }
  if (!$("done").hidden) ending.show(ending.answers, { way: name, over });
  show();
  ($("task").hidden ? document.querySelector(`[data-for=${name}] .way`) : heading()).focus();
}

// ---------- what the loop tells

const page = {
  fetch: fetchPicture,

  show({ task }, { text, spent }) {
    if (resting()) return fetchPicture(task);
    over = null;
    open("task");
    showLine(task, text);
    shownAt = performance.now() - spent;
  },

  wait: () => resting() || open("waiting"),

  end(reason) {
    const told = over && !$("done").hidden;
    over = { reason };
    if (told || resting()) return ending.show(ending.answers, { way: way.name, over });
    round.close();
    if (round.answers.length) return endRound();
    open("done");
    ending.show([], { way: way.name, over });
    $("ended").focus();
  },

  keep(item) {
    round.add(item);
    if (!way.bridge) return;
    bridge.lay(round);
    if (round.full) endRound();
  },

  drop(item) {
    round.takeBack(item.key);
    if (way.bridge) bridge.lift(round);
    show();
  },

  conclude(result, newest) {
    for (const answer of round.learn([result])) bridge.turn(answer);
    show();
    if (!$("done").hidden && ending.answers.length) ending.tell();
    const undo = newest && !way.bridge && result.status === "counted";
    if (result.feedback?.known) {
      const lesson = lessonOf(result.feedback.known, words);
      return say(lesson.said, { undo, lesson });
    }
    if (!newest) return;
    if (!way.bridge) return say(verdict(result), { undo });
    if (result.reason || (result.feedback && !result.feedback.agrees)) return say(verdict(result));
    if (result.feedback) announce(counted(words.laidstone));
  },

  giveBack: (reason, held) => say([words.refused, reason, held ? "" : words.kept].filter(Boolean).join(" ")),
  stumble: (connected) => say(connected ? words.busy : words.offline),

  stop(reason) {
    $("trouble").firstElementChild.textContent = [reason, words.stale].filter(Boolean).join(" ");
    $("trouble").hidden = false;
  },
};
const loop = new Loop($("play").dataset.project, page);

// ---------- what hands do

function press(button) {
  if (!loop.current || resting()) return;
  if (button.name === "skip") {
    loop.skip();
    return say(words.skipped);
  }
  const given = valueOf(button);
  if (!given) return complain(words.empty);
  loop.answer(given, performance.now() - shownAt);
  show();
  if (!way.bridge) return say(words.saved, { undo: true });
  say("");
  announce(counted(words.laid));
}

async function undo() {
  if (!loop.last) return;
  try {
    const outcome = await loop.undo();
    say(words[outcome]);
    if (outcome === "passed") loop.present();
    show();
  } catch (failure) {
    say(failure.detail || words.busy);
  }
}

async function report(event) {
  event.preventDefault();
  try {
    await loop.report($("reason").value);
    event.target.reset();
    $("report").open = false;
    say(words.reported);
  } catch (failure) {
    say(failure.detail || words.unreported);
  }
}

function typing(text) {
  drafts.keep(loop.current.task.id, text, performance.now() - shownAt);
  complain("");
  bridge.look(Boolean(text));
}

function begin() {
  const given = JSON.parse($("leases")?.textContent ?? "null");
  if (given) history.replaceState(null, "", location.href); // a reload reads the page and posts nothing
  const [first] = given?.leases ?? [];
  if (first && $("say").value) drafts.keep(first.task.id, $("say").value, performance.now()); // typed before this script was there
  way.begin();
  if (round.full && given) round.begin();
  bridge.draw(round, false);
  listen({ press, undo, report, typing, choose, goOn, lookBack, showClock, exchange: () => loop.exchange() });
  if (!given && !token()) return; // nobody has pressed Start yet
  for (const part of document.querySelectorAll("#tools, #help, .chars")) part.hidden = false;
  offerSettings();
  loop.begin(given);
  show();
  if (resting()) endRound();
  setInterval(showClock, 1000);
}

begin();
