// The language, and words in it.
const LANGUAGES = ["en", "ja"];
const KEPT = "iryo-language";
function chosen() {
  let kept = null;
  try { kept = localStorage.getItem(KEPT); } catch { /* not allowed for local files everywhere */ }
  if (LANGUAGES.includes(kept)) return kept;
  const wanted = (navigator.languages ?? [navigator.language]).map((tag) => tag.slice(0, 2));
  return wanted.find((tag) => LANGUAGES.includes(tag)) ?? "en";
}
let language = chosen();
const column = () => LANGUAGES.indexOf(language);
const text = (index) => (index < 0 ? "" : DATA.texts[index][column()]);
const otherText = (index) => (index < 0 ? "" : DATA.texts[index][1 - column()]);
function t(key, values = {}) {
  const pair = DATA.words[key];
  if (!pair) throw new Error(`no word ${key}`);
  return pair[column()].replace(/\{(\w+)\}/g, (_, name) => number(values[name]));
}
const number = (value) => (typeof value === "number" ? value.toLocaleString(language) : value);
const verdictWord = (verdict) => t(`verdict.${verdict}`);
const roomWord = (room) => (room === "-" ? t("room.none") : room);
