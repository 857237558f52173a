/** Files as people bring them: chosen, chosen by the folder, or dropped. Yields [file, path] pairs. */

const entriesOf = (reader) => new Promise((done, fail) => reader.readEntries(done, fail));

async function* walk(entry, before = "") {
  if (entry.isFile) {
    yield [await new Promise((done, fail) => entry.file(done, fail)), before + entry.name];
    return;
  }
  const reader = entry.createReader();
  for (let some = await entriesOf(reader); some.length; some = await entriesOf(reader)) {
    for (const inside of some) yield* walk(inside, `${before}${entry.name}/`);
  }
}

export const chosenIn = (input) => Array.from(input.files, (file) => [file, file.webkitRelativePath || file.name]);

export async function dropped(transfer) {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry?.()).filter(Boolean); // now: later they are gone
  if (!entries.length) return Array.from(transfer.files, (file) => [file, file.name]);
  const found = [];
  for (const entry of entries) for await (const pair of walk(entry)) found.push(pair);
  return found;
}

/** Give every file a name of its own; `clash(name, other)` is told of each second one. */
export function distinct(pairs, clash) {
  const taken = new Set();
  return pairs.map(([file, name]) => {
    let other = name;
    for (let number = 2; taken.has(other); number += 1) other = name.replace(/(\.[^./]*)?$/, ` (${number})$1`);
    taken.add(other);
    if (other !== name) clash(name, other);
    return [file, other];
  });
}
