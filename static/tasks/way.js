/** Which way is played: the plain page or Bridge. The address decides, else this visitor's choice, else the project. */

import { chosenWay } from "./keeping.js";

const NAMES = ["plain", "bridge"];
const { classList } = document.body;

export const way = {
  get name() {
    return classList.contains("as-bridge") ? "bridge" : "plain";
  },

  get bridge() {
    return way.name === "bridge";
  },

  set(name) {
    for (const each of NAMES) classList.toggle(`as-${each}`, each === name);
  },

  begin() {
    const asked = NAMES.includes(new URLSearchParams(location.search).get("way"));
    const chosen = chosenWay.get();
    if (!asked && NAMES.includes(chosen)) way.set(chosen);
  },

  /** Change over and remember it. */
  choose(name) {
    chosenWay.set(name);
    way.set(name);
    const address = new URL(location.href);
    address.searchParams.delete("way");
    history.replaceState(null, "", address);
  },
};
