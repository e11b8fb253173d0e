// The filter bar. Its state is in the address, so that the way back and a sent link keep it.
const NAMES = ["framework", "room", "verdict", "owner", "text"];
const ordered = (values) => [...values].filter(Boolean).sort((a, b) => String(a).localeCompare(String(b), language));
const rooms = once(() => [...new Set(places.map((place) => place[5]))]);
const owners = once(() => [...new Set([...places.map((place) => place[6]), ...waivers.map((one) => one.owner)])]);
const keepers = () => [...new Set(clauses.map(keeper))];

function filterBar(query, view, changed, used = NAMES) {
  const set = (name, value) => {
    const next = { ...query(), [name]: value };
    history.replaceState(null, "", hash(view, "", next));
    changed();
  };
  const options = {
    framework: () => DATA.frameworks.map((one) => [one.id, text(one.title)]),
    room: () => ordered(rooms()).map((room) => [room, roomWord(room)]),
    verdict: () => verdicts.map((verdict) => [verdict, verdictWord(verdict)]),
    owner: () => ordered(new Set([...owners(), ...(view === "clauses" ? keepers() : [])])).map((one) => [one, one]),
  };
  const select = (name) => {
    const given = options[name]();
    const box = h("select", { name, onchange: (event) => set(name, event.target.value) },
      h("option", { value: "" }, t("filter.all")), given.map(([value, label]) => h("option", { value }, label)));
    box.value = given.some(([value]) => value === query()[name]) ? query()[name] : "";
    return h("label", { class: name === "framework" ? "wide" : null }, t(`filter.${name}`), box);
  };
  let waiting;
  const search = h("input", { type: "search", name: "text", placeholder: t("filter.text.hint"), value: query().text ?? "", autocomplete: "off", spellcheck: "false",
    oninput: (event) => { clearTimeout(waiting); waiting = setTimeout(() => set("text", event.target.value), 90); } });
  const reset = h("button", { type: "button", class: "plain", onclick: () => { location.hash = hash(view); } }, t("filter.reset"));
  return h("form", { class: `filters card ${used === NAMES ? "full" : ""}`, role: "search", "aria-label": t("filter"), onsubmit: (event) => event.preventDefault() },
    used.filter((name) => name !== "text").map(select), h("label", { class: "wide" }, t("filter.text"), search), reset);
}

const has = (words, wanted) => words.toLowerCase().includes(wanted);
function matcher(wanted) {
  const parts = (wanted ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return (words) => parts.every((part) => has(words, part));
}
function chosenClauses(query) {
  const matches = matcher(query.text);
  return clauses.filter((clause) => {
    const framework = DATA.frameworks[clause.framework];
    if (query.framework && framework.id !== query.framework) return false;
    if (query.verdict && verdicts[clause.verdict] !== query.verdict) return false;
    if (query.room && !scopeOf(clause).rooms.has(query.room)) return false;
    if (query.owner && keeper(clause) !== query.owner && !scopeOf(clause).owners.has(query.owner)) return false;
    return !query.text || matches([clause.id, ...DATA.texts[clause.title], ...DATA.texts[clause.section], framework.id,
      ...clause.controls.flatMap((index) => [controls[index][0], ...DATA.texts[controls[index][1]]]),
      ...rulesOfClause(clause).map((rule) => rules[rule][0])].join(" "));
  });
}
function chosenRows(query, list) {
  const matches = matcher(query.text);
  const framework = DATA.frameworks.findIndex((one) => one.id === query.framework);
  return list.filter((row) => {
    const place = places[row[PLACE]];
    if (query.framework && !(row[RULE] >= 0 && frameworksOfRule()[row[RULE]].has(framework))) return false;
    if (query.verdict && verdicts[row[VERDICT]] !== query.verdict) return false;
    if (query.room && place[5] !== query.room) return false;
    if (query.owner && ownerOfRow(row) !== query.owner) return false;
    const rule = rules[row[RULE]];
    return !query.text || matches([place[0], place[1], place[3], row[FINDING], row[MESSAGE], ...(rule ? [rule[0], ...DATA.texts[rule[1]]] : [])].join(" "));
  });
}
