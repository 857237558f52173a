/** Ten lines make a round: what was answered in it, and what became of that. Both ways of playing share it. */

import { rounds } from "./keeping.js";
import { lettersOf } from "./scan.js";

const PLANKS = 10;
const FEWER = 6; // where lines are long: a round takes two minutes, not five
const LONG = 40; // letters

/** What an answer says is written; empty where it says nothing of the kind. */
export function reading({ value, task }) {
  const chosen = value.choice && task.choices.find(({ id, parts }) => id === value.choice && parts);
  return value.text ?? chosen?.text ?? (value.matches ? task.suggestion : "");
}

/** What became of an answer: "unsent", "waiting" (for others), "confirmed", "differs", "disputed" or "late". */
export function fate({ status, feedback }) {
  if (!status) return "unsent";
  if (feedback) return feedback.agrees ? "confirmed" : feedback.agrees === false ? "differs" : "disputed";
  return ["late", "repeated"].includes(status) ? "late" : "waiting";
}

/** The round of one project in this tab; it outlives a reload. An answer in it: {key, value, task, elapsed, …result}. */
export class Round {
  constructor(project) {
    this.project = project;
    Object.assign(this, { answers: [], size: PLANKS, finished: null }, rounds.of(project));
  }

  get full() {
    return this.answers.length >= this.size;
  }

  /** ms spent on the lines of this round. */
  get elapsed() {
    return this.answers.reduce((sum, answer) => sum + answer.elapsed, 0);
  }

  get confirmed() {
    return this.answers.filter((answer) => fate(answer) === "confirmed").length;
  }

  begin() {
    this.answers = [];
    this.size = PLANKS;
    this.keep();
  }

  add({ key, value, task: { task }, elapsed_ms: elapsed }) {
    if (this.full) this.begin();
    if (!this.answers.length) this.size = lettersOf(task) > LONG ? FEWER : PLANKS;
    this.answers.push({ key, value, task, elapsed });
    if (this.full) this.finished = this.answers;
    this.keep();
  }

  takeBack(key) {
    this.answers = this.answers.filter((answer) => answer.key !== key);
    if (!this.full && this.finished?.some((answer) => answer.key === key)) this.finished = null;
    this.keep();
  }

  /** Nothing more is to come: the round ends with what is there. */
  close() {
    if (!this.answers.length) return;
    this.size = this.answers.length;
    this.finished = this.answers;
    this.keep();
  }

  /** Take in what the site says of answers; return those of them that are in the round. */
  learn(results) {
    const known = [...(this.finished ?? []), ...this.answers];
    const learned = results.flatMap((result) => {
      const those = known.filter(({ key }) => key === result.key);
      for (const answer of those) Object.assign(answer, result);
      return those.slice(-1);
    });
    this.keep();
    return learned;
  }

  keep() {
    const { answers, size, finished } = this;
    rounds.keep(this.project, { answers, size, finished });
  }
}
