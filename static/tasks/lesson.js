/** What a known line says, told to whoever read it otherwise: seen in the toast, said word by word. */

const $ = (id) => document.getElementById(id);

/** Return what is said of a lesson; `known` is {text, written, parts: [[mine, here]], words: [sentence]}. */
export function lessonOf({ text, written, parts, words: heard }, words) {
  const said = written ? words.saved : words.answerwas.replace("{text}", text);
  return { said, aloud: [written ? `${words.taught} ${text}.` : said, ...heard].join(" "), text, written, parts };
}

/** Show both readings with the letters that differ marked; without a lesson show none. */
export function showLesson(lesson) {
  $("lesson").hidden = !lesson?.written;
  if (!lesson?.written) return;
  const parts = lesson.parts.length ? lesson.parts : [[null, lesson.text]];
  $("myreading").parentElement.hidden = !lesson.parts.length;
  $("myreading").replaceChildren(...parts.map(([mine, here]) => marked(mine ?? "", mine === here, "del")));
  $("itsreading").replaceChildren(...parts.map(([mine, here]) => marked(here, mine === here || mine === null, "ins")));
}

function marked(text, same, tag) {
  return same ? text : Object.assign(document.createElement(tag), { textContent: text });
}
