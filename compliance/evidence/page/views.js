// The views: what each address shows.
const clauseLine = (clause) => h("li", {}, badge(clause.verdict), h("div", { class: "main" },
  h("a", { href: hash("clause", clause.id) }, h("span", { class: "id" }, clause.id), h("span", { class: "t" }, text(clause.title))),
  h("p", { class: "meta" }, [t(`disposition.${clause.disposition}`), keeper(clause)].filter(Boolean).join(" · "))));

function clausesView(query) {
  const out = h("div", {});
  const count = h("p", { class: "count", role: "status" });
  const draw = () => {
    const found = chosenClauses(query());
    count.textContent = t("filter.count", { shown: found.length, all: clauses.length });
    const groups = DATA.frameworks.map((framework, index) => [framework, found.filter((clause) => clause.framework === index)]).filter(([, list]) => list.length);
    out.replaceChildren(...groups.map(([framework, list]) => h("section", { class: "group" },
      h("header", {}, h("h2", {}, text(framework.title)),
        h("details", {}, h("summary", {}, `${t("edition")}: ${text(framework.edition)} · ${t("coverage")}`),
          h("p", {}, text(framework.coverage)), h("p", {}, h("a", { href: framework.url, rel: "noreferrer" }, framework.url)))),
      h("div", { class: "card" }, growing(list, clauseLine, "list", groups.length > 1 ? 25 : 100)))));
    if (!found.length) out.append(h("p", { class: "empty card" }, t("filter.none")));
  };
  draw();
  return [title(t("view.clauses")), filterBar(query, "clauses", draw), count, out];
}

function listView(view, note, all, choose, draw, used = NAMES) {
  return (query) => {
    const out = h("div", { class: "card" });
    const count = h("p", { class: "count", role: "status" });
    const redraw = () => {
      const found = choose(query());
      count.textContent = t("filter.count", { shown: found.length, all: all(query()) });
      out.replaceChildren(found.length ? growing(found, draw) : h("p", { class: "empty" }, t("filter.none")));
    };
    redraw();
    return [title(t(`view.${view}`)), note && h("p", { class: "note" }, t(note)), filterBar(query, view, redraw, used), count, out];
  };
}
const SEVERITY = ["fail", "indeterminate", "waived", "no rule", "pass"].map((verdict) => verdicts.indexOf(verdict));
const bySeverity = (list) => [...list].sort((a, b) => SEVERITY.indexOf(a[VERDICT]) - SEVERITY.indexOf(b[VERDICT]));
const notInOrder = once(() => bySeverity(rows.filter((row) => NOT_IN_ORDER.includes(row[VERDICT]))));
// Asked for another verdict by name, the view shows those rows too.
const findable = (query) => (query.verdict && !["fail", "indeterminate", "waived"].includes(query.verdict) ? rows : notInOrder());
const findingsView = listView("findings", "", (query) => findable(query).length, (query) => chosenRows(query, findable(query)), rowOfBoth);

const resources = once(() => places.map((_, index) => index).filter((index) => places[index][1]));
function chosenResources(query) {
  const { text: words, ...rest } = query;
  const matches = matcher(words);
  return resources().filter((index) => {
    const place = places[index];
    if (words && !matches([place[0], place[1], place[3], place[6], place[7]].join(" "))) return false;
    if (rest.room && place[5] !== rest.room) return false;
    return !(rest.framework || rest.verdict || rest.owner) || chosenRows(rest, rowsOfPlace()[index]).length > 0 || (rest.owner === place[6] && !rest.framework && !rest.verdict);
  });
}
const resourceLine = (index) => h("li", {}, h("span", { class: "meta" }, roomWord(places[index][5])), h("div", { class: "main" },
  h("a", { href: hash("resource", places[index][0]) }, path(shortPath(places[index][0]))),
  h("p", { class: "meta" }, places[index][1]), h("p", { class: "meta" }, tally(rowsOfPlace()[index]))));
const resourcesView = listView("resources", "", () => resources().length, chosenResources, resourceLine);

function clauseView(query, wanted) {
  const clause = clauses[clauseById().get(wanted)];
  if (!clause) return gone(wanted);
  const framework = DATA.frameworks[clause.framework];
  return [
    h("p", { class: "crumbs" }, h("a", { href: hash("clauses", "", { framework: framework.id }) }, text(framework.title))),
    title(text(clause.title), badge(clause.verdict)),
    h("p", { class: "other" }, id(clause.id), " · ", h("span", { lang: LANGUAGES[1 - column()] }, otherText(clause.title))),
    h("dl", { class: "terms card" },
      term(t("disposition"), t(`disposition.${clause.disposition}`)), term(t("kind"), t(`kind.${clause.kind}`)),
      term(t("record"), text(clause.record)), term(t("attestation"), text(clause.attestation)), term(t("why"), text(clause.why)),
      term(t("section"), text(clause.section)), term(t("edition"), text(framework.edition)),
      term(t("source"), h("p", {}, text(clause.source)), h("p", { class: "meta" }, t(`seen.${clause.seen}`)))),
    h("h2", {}, t("evidence")),
    clause.controls.length ? null : h("p", { class: "note" }, t("evidence.none")),
    clause.controls.map((index) => controlBox(controls[index], clause.controls.length === 1)),
  ];
}
function controlBox(control, open) {
  return h("section", { class: "control card" },
    h("header", {}, h("h3", {}, link("control", control[0], text(control[1]))), badge(control[6])),
    ways(control), control[3].map((rule) => ruleBox(rule, neededBy(control, rule), open && control[3].length === 1)));
}
function controlView(query, wanted) {
  const index = controlById().get(wanted);
  if (index === undefined) return gone(wanted);
  return [
    h("p", { class: "crumbs" }, link("controls", "", t("view.controls"))),
    title(text(controls[index][1]), badge(controls[index][6])), h("p", { class: "other" }, id(wanted)),
    controlBox(controls[index], true), clausesBlock(clausesOfControl()[index])];
}
function ruleView(query, wanted) {
  const rule = ruleById().get(wanted);
  if (rule === undefined) return gone(wanted);
  const list = rowsOfRule()[rule];
  const engines = [...new Set(list.map((row) => DATA.engines[row[ENGINE]]))];
  return [
    h("p", { class: "crumbs" }, link("controls", "", t("view.controls"))),
    title(ruleTitle(rule), tally(list)), h("p", { class: "other" }, id(wanted)),
    h("dl", { class: "terms card" }, term(t("engine"), engines.join(", ")), term(t("rule.mend"), text(rules[rule][2])),
      term(t("control"), h("ul", { class: "clauses" }, controlsOfRule()[rule].map((index) => h("li", {}, link("control", controls[index][0], text(controls[index][1]))))))),
    h("h2", {}, t("view.resources")),
    h("div", { class: "card" }, list.length ? growing(bySeverity(list), rowOnPlace) : h("p", { class: "empty gap" }, t("evidence.gap"))),
    clausesBlock(clausesOfRule(rule))];
}
const clausesBlock = (list) => [h("h2", {}, t("clauses.served")), list.length ? h("div", { class: "card" }, growing(list, clauseLine, "list", 40)) : h("p", { class: "note" }, t("clauses.none"))];
function resourceView(query, wanted) {
  const index = placeByPath().get(wanted);
  if (index === undefined) return gone(wanted);
  const [whole, type, template, logicalId, line, room, owner, source] = places[index];
  const properties = DATA.properties[index];
  return [
    h("p", { class: "crumbs" }, h("a", { href: hash("resources", "", { room }) }, roomWord(room))),
    title(path(shortPath(whole)), tally(rowsOfPlace()[index])),
    h("dl", { class: "terms card" },
      term(t("resource.type"), id(type)), term(t("resource.room"), roomWord(room)), term(t("resource.owner"), owner),
      term(t("resource.template"), template >= 0 ? [id(DATA.templates[template]), " ", t("resource.line", { line })] : ""),
      term(t("resource.logical"), logicalId ? id(logicalId) : ""), term(t("resource.source"), source ? id(source) : "")),
    h("h2", {}, t("verdicts")), h("div", { class: "card" }, growing(bySeverity(rowsOfPlace()[index]), rowOfRule)),
    Object.keys(properties).length ? h("details", { class: "card block rule", ontoggle: fill(() => h("div", { class: "json" }, value(properties))) },
      h("summary", {}, t("properties.all"))) : null];
}
const gone = (wanted) => [title(t("resource.gone")), h("p", { class: "other" }, id(wanted))];

function controlsView() {
  const line = (control, index) => [
    [link("control", control[0], text(control[1])), h("span", { class: "left id" }, control[0])], badge(control[6]),
    list(control[4]), control[3].length ? [t("control.count", { count: control[3].length }), h("p", { class: "meta" }, tally(control[3].flatMap((rule) => rowsOfRule()[rule])))] : gap(), list(control[5]),
    clausesOfControl()[index].length];
  const gap = () => h("span", { class: "gap" }, t("control.gap"));
  const list = (names) => (names.some(Boolean) ? h("ul", {}, names.filter(Boolean).map((name) => h("li", {}, id(name)))) : gap());
  return [title(t("view.controls")), h("div", { class: "card" }, table(
    [t("control"), t("filter.verdict"), `${t("control.prevent")} (${t("control.prevent.note")})`, `${t("control.synth")} (${t("control.synth.note")})`, `${t("control.detect")} (${t("control.detect.note")})`, t("view.clauses")],
    controls.map(line)))];
}
// A waiver stands on a construct; the resource it excuses is that, or in it.
const placeOfWaiver = once(() => waivers.map((waiver, index) => (rows.find((row) => row[WAIVER] === index) ?? [])[PLACE]));
function chosenWaivers(query) {
  const matches = matcher(query.text);
  const room = (index) => places[placeOfWaiver()[index]]?.[5];
  return waivers.map((_, index) => index).filter((index) => (
    (!query.owner || waivers[index].owner === query.owner) && (!query.room || room(index) === query.room)
    && matches(Object.values(waivers[index]).join(" ")))).sort((a, b) => waivers[a].expires.localeCompare(waivers[b].expires));
}
function waiverLine(index) {
  const waiver = waivers[index];
  const place = places[placeOfWaiver()[index]];
  const named = waiver.rule + (waiver.finding ? `[${waiver.finding}]` : "");
  return h("li", {}, h("div", { class: "ends" }, h("b", {}, waiver.expires), daysLeft(waiver)), h("div", { class: "main" },
    ruleById().has(waiver.rule) ? link("rule", waiver.rule, id(named)) : id(named),
    h("p", {}, place ? link("resource", place[0], path(shortPath(place[0]))) : path(waiver.path)),
    h("dl", { class: "props words" }, [["waiver.reason", waiver.reason], ["waiver.control", waiver.compensating_control]].map(([key, words]) => (
      h("div", {}, h("dt", {}, t(key)), h("dd", { lang: "en" }, words)))),
    h("div", {}, h("dt", {}, t("waiver.owner")), h("dd", {}, `${waiver.owner} · ${waiver.ticket}`)))));
}
// Who may do what: a role, who may be it, and what its policies say.
function chosenRoles(query) {
  const matches = matcher(query.text);
  return DATA.rights.filter(([place, ...said]) => (!query.room || places[place][5] === query.room) && matches(places[place][0] + JSON.stringify(said)));
}
const names = (list) => list.flatMap((name, index) => [index ? ", " : "", id(name)]);
const statementLine = ([kind, effect, actions, on, when]) => h("li", {},
  effect === "Deny" ? h("b", {}, t("rights.never"), " ") : null,
  kind && kind !== "managed" ? t(`rights.${kind}`) : kind ? [t("rights.managed"), " ", names(on)] : names(actions),
  on.length && !kind ? h("p", { class: "meta" }, t("rights.on"), ": ", names(on)) : null,
  when.length ? h("p", { class: "meta" }, t("rights.if"), ": ", names(when)) : null);
const roleLine = ([place, who, statements]) => h("li", {}, h("span", { class: "meta" }, roomWord(places[place][5])), h("div", { class: "main" },
  link("resource", places[place][0], path(shortPath(places[place][0]))),
  h("p", { class: "meta" }, t("rights.assumed"), ": ", names(who)), h("ul", { class: "statements" }, statements.map(statementLine))));
const rightsView = listView("rights", "rights.note", () => DATA.rights.length, chosenRoles, roleLine, ["room", "text"]);
const waiversView = listView("waivers", "waivers.note", () => waivers.length, chosenWaivers, waiverLine, ["room", "owner", "text"]);
function typesView() {
  const ruled = DATA.types.filter((type) => type[2].length), bare = DATA.types.filter((type) => !type[2].length && type[3] < 0);
  const line = ([type, many, met, reason]) => [id(type), many,
    met.length ? h("ul", {}, met.map((rule) => h("li", {}, ruleLink(rule)))) : "–",
    met.length ? "" : reason >= 0 ? text(reason) : h("span", { class: "gap" }, t("types.uncovered"))];
  return [title(t("view.types")), h("p", { class: "note" }, t("types.note")),
    h("p", {}, t("types.summary", { ruled: ruled.length, reasoned: DATA.types.length - ruled.length - bare.length, bare: bare.length })),
    h("div", { class: "card" }, table([t("resource.type"), t("types.count"), t("types.rules"), t("types.reason")],
      [...bare, ...DATA.types.filter((type) => !bare.includes(type))].map(line)))];
}
function killView() {
  const kill = DATA.kill;
  if (!kill) return [title(t("view.kill")), h("p", { class: "note" }, t("kill.none"))];
  const whole = !kill.survivors.length && !kill.unbroken.length;
  const names = (list) => h("ul", { class: "clauses" }, list.map((rule) => h("li", {}, ruleById().has(rule) ? link("rule", rule, id(rule)) : id(rule))));
  const titleOf = (rule) => (ruleById().has(rule) ? ruleTitle(ruleById().get(rule)) : "");
  return [title(t("view.kill"), badge(verdicts.indexOf(whole ? "pass" : "fail"))), h("p", { class: "note" }, t("kill.note")),
    h("p", {}, t("kill.score", { killed: kill.killed, total: kill.total }), ` (${kill.environment})`),
    h("h2", {}, t("kill.survivors")),
    kill.survivors.length ? h("ul", { class: "list card" }, kill.survivors.map((one) => h("li", {}, badge(verdicts.indexOf("fail")), h("div", { class: "main", lang: "en" }, one)))) : h("p", { class: "note" }, t("kill.all")),
    kill.unbroken.length ? [h("h2", {}, t("kill.unbroken")), names(kill.unbroken)] : null,
    h("h2", {}, t("kill.rules")),
    h("div", { class: "card" }, table([t("rule"), t("title.rule"), t("kill.killed")], kill.by_rule.map(([rule, killed, total]) => [
      ruleById().has(rule) ? link("rule", rule, id(rule)) : id(rule), titleOf(rule), h("span", { class: killed < total ? "gap" : null }, t("filter.count", { shown: killed, all: total }))]))),
    kill.absent.length ? [h("h2", {}, t("kill.absent")), h("p", { class: "note" }, t("kill.absent.note")), names(kill.absent)] : null];
}
// A state is a verdict, a disposition, or what served or was granted in its own words.
function stateOf(state) {
  if (verdicts.includes(state)) return badge(verdicts.indexOf(state));
  if (state === "absent") return t("change.absent");
  return DATA.words[`disposition.${state}`] ? t(`disposition.${state}`) : h("code", { translate: "no" }, state);
}
function subjectOf({ what, id: named, path: where }) {
  const clause = what === "clause" && clauses[clauseById().get(named)];
  if (what === "rule") return [link("rule", named.split("[")[0], id(named)), " ", ruleTitle(ruleById().get(named.split("[")[0]) ?? -1), where ? h("p", {}, link("resource", where, path(shortPath(where)))) : null];
  if (clause) return h("a", { href: hash("clause", named) }, id(named), h("span", { class: "t" }, text(clause.title)));
  return what === "control" ? link("control", named, id(named)) : what === "grant" ? link("resource", named, path(shortPath(named))) : id(named);
}
function changeLine(one) {
  const states = [one.before, one.after].filter(Boolean).map(stateOf);
  return h("li", { class: "change" }, h("span", { class: "meta" }, t(WHAT[one.what])), h("div", { class: "main" }, subjectOf(one),
    h("div", { class: "states" }, states.length > 1 ? [states[0], "→", states[1]] : states)));
}
const WHAT = { rule: "rule", clause: "clause", control: "control", grant: "change.grant", framework: "filter.framework" };
function changesView() {
  const changes = DATA.changes;
  if (!changes) return [title(t("view.changes")), h("p", { class: "note" }, t("changes.base"))];
  const kinds = [...new Set(changes.items.map((one) => one.kind))];
  const about = { date: changes.base.generated.slice(0, 10), commit: changes.base.commit.slice(0, 10) || t("unknown") };
  return [title(t("view.changes")), h("p", { class: "note" }, t("changes.note", about)),
    kinds.map((kind) => {
      const list = changes.items.filter((one) => one.kind === kind);
      return [h("h2", {}, `${t(`change.${kind}`)} (${number(list.length)})`), h("div", { class: "card" }, growing(list, changeLine))];
    }),
    kinds.length ? null : h("p", { class: "empty card" }, t("changes.none"))];
}
function helpView() {
  return [title(t("view.help")), h("p", { class: "lead" }, t("help.intro")), h("h2", {}, t("help.verdicts")),
    h("ul", { class: "list card" }, verdicts.map((verdict, index) => h("li", {}, badge(index), h("div", { class: "main" }, t(`meaning.${verdict}`))))),
    h("h2", {}, t("help.way")), h("p", { class: "lead" }, t("help.way.text")), h("h2", {}, t("help.limits")), h("p", { class: "lead" }, t("help.limits.text"))];
}
