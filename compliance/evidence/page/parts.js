// Pieces that several views show.
const shortPath = (whole) => whole.split("/").slice(1).join("/") || whole;
const ruleLink = (rule) => (rule < 0 ? t("rule.none") : link("rule", rules[rule][0], id(rules[rule][0])));
const ruleTitle = (rule) => (rule < 0 ? "" : text(rules[rule][1]));

function tally(list) {
  const counts = verdicts.map(() => 0);
  for (const row of list) counts[row[VERDICT]] += 1;
  return counts.map((many, index) => (many ? badge(index, many) : null));
}
function value(given) {
  const short = JSON.stringify(given);
  const shown = typeof given === "string" ? given : short.length <= 90 ? short : JSON.stringify(given, null, 1);
  return h("pre", { translate: "no" }, h("code", {}, shown));
}
// What a rule looked at: properties of the resource itself, then of others that belong to the proof.
function propertiesRead(row) {
  const lists = [[row[PLACE], row[READS]], ...row[ELSEWHERE]].filter(([, names]) => names.length);
  if (!lists.length) return null;
  const line = (given, name) => h("div", {}, h("dt", { translate: "no" }, name),
    h("dd", {}, name in given ? value(given[name]) : h("span", { class: "absent" }, t("properties.absent"))));
  return [h("p", { class: "meta" }, t("properties.read")), lists.map(([place, names]) => [
    place === row[PLACE] ? null : h("p", { class: "meta" }, link("resource", places[place][0], path(shortPath(places[place][0])))),
    h("dl", { class: "props" }, names.map((name) => line(DATA.properties[place], name)))])];
}
function daysLeft(waiver) {
  const days = Math.ceil((Date.parse(waiver.expires) + 864e5 - Date.now()) / 864e5);
  if (days <= 0) return h("span", { class: "left soon" }, t("waiver.over"));
  return h("span", { class: `left ${days <= 30 ? "soon" : ""}` }, t("waiver.left", { days }));
}
function excuse(row) {
  if (row[WAIVER] < 0) return null;
  const waiver = waivers[row[WAIVER]];
  return h("div", { class: "excuse" }, h("p", {}, h("b", {}, t("waiver")), ` ${waiver.ticket} · ${waiver.owner} · ${t("waiver.expires")} ${waiver.expires} `, daysLeft(waiver)),
    h("p", {}, h("b", {}, t("waiver.reason")), " ", h("q", { lang: "en" }, waiver.reason)),
    h("p", {}, h("b", {}, t("waiver.control")), " ", h("q", { lang: "en" }, waiver.compensating_control)));
}
function said(row) {
  const remedy = row[REMEDY] || (NOT_IN_ORDER.includes(row[VERDICT]) && row[RULE] >= 0 ? text(rules[row[RULE]][2]) : "");
  const type = DATA.types[typeByName().get(places[row[PLACE]][1])];
  return [
    row[RULE] < 0 && type ? h("p", { class: "said" }, type[3] >= 0 ? text(type[3]) : t("types.uncovered")) : null,
    row[SECOND] ? h("p", { class: row[SECOND] === "agrees" ? "meta" : "gap" }, t(`second.${row[SECOND]}`)) : null,
    row[FINDING] ? h("p", { class: "said" }, id(row[FINDING])) : null,
    row[MESSAGE] ? h("p", { class: "said", title: t("found.quoted") }, quoted(row[MESSAGE])) : null,
    remedy && verdicts[row[VERDICT]] !== "pass" ? h("p", { class: "meta" }, `${t("rule.mend")}: `, row[REMEDY] ? quoted(remedy) : remedy) : null,
    excuse(row),
  ];
}
// A row seen from its rule (names the resource), or from its resource (names the rule).
const rowOnPlace = (row) => h("li", {}, badge(row[VERDICT]), h("div", { class: "main" },
  link("resource", places[row[PLACE]][0], path(shortPath(places[row[PLACE]][0]))),
  h("p", { class: "meta" }, places[row[PLACE]][1] || roomWord(places[row[PLACE]][5])), said(row), propertiesRead(row)));
const rowOfRule = (row) => h("li", {}, badge(row[VERDICT]), h("div", { class: "main" },
  ruleLink(row[RULE]), " ", ruleTitle(row[RULE]), h("p", { class: "meta" }, `${t("engine")}: ${DATA.engines[row[ENGINE]]}`), said(row), propertiesRead(row),
  row[RULE] >= 0 ? served(clausesOfRule(row[RULE])) : null));
const rowOfBoth = (row) => h("li", {}, badge(row[VERDICT]), h("div", { class: "main" },
  ruleLink(row[RULE]), " ", ruleTitle(row[RULE]),
  h("p", {}, link("resource", places[row[PLACE]][0], path(shortPath(places[row[PLACE]][0])))),
  h("p", { class: "meta" }, [places[row[PLACE]][1], ownerOfRow(row)].filter(Boolean).join(" · ")), said(row)));

const clauseChip = (clause) => h("li", {}, h("a", { href: hash("clause", clause.id), title: text(clause.title) }, icon(verdicts[clause.verdict]), h("span", { class: "id" }, clause.id)));
function served(list) {
  if (!list.length) return null;
  const chips = () => h("ul", { class: "clauses" }, list.map(clauseChip));
  if (list.length <= 8) return [h("p", { class: "meta" }, t("clauses.served")), chips()];
  return h("details", { class: "meta", ontoggle: fill(chips) }, h("summary", {}, `${t("clauses.served")} (${number(list.length)})`));
}
// Content that is made when it is opened for the first time.
const fill = (make) => (event) => {
  const details = event.currentTarget;
  if (details.open && !details.dataset.filled) {
    details.dataset.filled = "yes";
    details.append(make());
  }
};
function ruleBox(rule, needed, open = false) {
  const list = rowsOfRule()[rule];
  const inside = () => h("div", { class: "inside" },
    h("p", { class: "meta" }, link("rule", rules[rule][0], t("rule"), " ", id(rules[rule][0]))),
    list.length ? growing(bySeverity(list), rowOnPlace, "list", 40) : h("p", { class: needed ? "empty gap" : "empty" }, t(needed ? "evidence.gap" : "evidence.absent")));
  const box = h("details", { class: "rule", ontoggle: fill(inside) },
    h("summary", {}, h("span", { class: "t" }, ruleTitle(rule)), " ", h("span", { class: "id from" }, rules[rule][0]), h("span", { class: "badges" }, list.length ? tally(list) : needed ? h("span", { class: "gap" }, t("control.gap")) : h("span", { class: "meta" }, t("rule.absent")))));
  box.open = open;
  return box;
}
function ways(control) {
  const meaning = (name) => (name in DATA.statements ? h("span", { class: "left" }, text(DATA.statements[name])) : null);
  const names = (list) => (list.some(Boolean) ? h("ul", {}, list.filter(Boolean).map((one) => h("li", {}, id(one), meaning(one)))) : h("p", { class: "gap" }, t("control.gap")));
  return h("div", { class: "way" },
    h("div", {}, h("h4", {}, t("control.prevent"), h("small", {}, t("control.prevent.note"))), names(control[4])),
    h("div", {}, h("h4", {}, t("control.synth"), h("small", {}, t("control.synth.note"))),
      control[3].length ? h("p", { class: "meta" }, t("control.rules", { count: control[3].length })) : h("p", { class: "gap" }, t("control.gap"))),
    h("div", {}, h("h4", {}, t("control.detect"), h("small", {}, t("control.detect.note"))), names(control[5])));
}
