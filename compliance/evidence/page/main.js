// Which view an address shows, the language switch, and printing.
const VIEWS = {
  clauses: clausesView, findings: findingsView, resources: resourcesView, controls: controlsView, waivers: waiversView, rights: rightsView,
  types: typesView, kill: killView, changes: changesView, help: helpView,
  clause: clauseView, resource: resourceView, rule: ruleView, control: controlView,
};
const MENU = ["summary", "clauses", "findings", "resources", "controls", "rights", "waivers", "types", "kill", "changes", "help"];
const PARENTS = { clause: "clauses", resource: "resources", rule: "controls", control: "controls" };
const summary = document.getElementById("overview"), view = document.getElementById("view");
const menu = document.getElementById("sections"), printed = document.getElementById("print");

function address() {
  const [, name, wanted, query] = /^#?([a-z]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(location.hash) ?? [];
  return { name: name in VIEWS ? name : "summary", wanted: decodeURIComponent(wanted ?? ""), query: Object.fromEntries(new URLSearchParams(query ?? "")) };
}
function drawMenu(name) {
  const counts = { clauses: clauses.length, findings: notInOrder().length, resources: resources().length, controls: controls.length, waivers: waivers.length, rights: DATA.rights.length, types: DATA.types.length, changes: DATA.changes?.items.length };
  menu.setAttribute("aria-label", t("sections"));
  menu.replaceChildren(h("ul", {}, MENU.map((one) => h("li", {}, h("a", { href: hash(one), "aria-current": (PARENTS[name] ?? name) === one ? "page" : null },
    t(`view.${one}`), counts[one] === undefined ? null : h("span", { class: "n" }, number(counts[one])))))));
  menu.querySelector("[aria-current]")?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
}
function show(moved) {
  const { name, wanted } = address();
  const onSummary = name === "summary";
  summary.hidden = !onSummary;
  view.hidden = onSummary;
  drawMenu(name);
  view.replaceChildren(...(onSummary ? [] : VIEWS[name](() => address().query, wanted).flat(Infinity).filter(Boolean)));
  const heading = (onSummary ? summary : view).querySelector("h1");
  document.title = `${onSummary ? t("title") : heading.textContent} · ${DATA.environment}`;
  if (moved) {
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}
function speak(wanted) {
  language = wanted;
  document.documentElement.lang = wanted;
  document.documentElement.dataset.language = wanted;
  for (const button of document.querySelectorAll("button[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === wanted));
  show(false);
}
for (const button of document.querySelectorAll("button[data-language]")) {
  button.addEventListener("click", () => {
    try { localStorage.setItem(KEPT, button.dataset.language); } catch { /* then it is asked for again */ }
    speak(button.dataset.language);
  });
}
document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); document.getElementById("main").focus(); });
addEventListener("hashchange", () => show(true));
// On paper there is nothing to open: the clauses under the filters in force, what was found, excuses and types.
// A single clause, resource, rule or control is printed as it is, opened.
addEventListener("beforeprint", () => {
  const { name, query } = address();
  if (PARENTS[name]) {
    for (const details of view.querySelectorAll("details")) {
      details.open = true;
      details.dispatchEvent(new Event("toggle"));
    }
    return;
  }
  const whole = (heading, list, draw) => h("section", {}, h("h2", {}, heading), h("ul", { class: "list" }, list.map(draw)));
  printed.replaceChildren(
    ...DATA.frameworks.map((framework, index) => [framework, chosenClauses(query).filter((clause) => clause.framework === index)]).filter(([, list]) => list.length)
      .map(([framework, list]) => whole(`${text(framework.title)} (${text(framework.edition)})`, list, clauseLine)),
    whole(t("view.findings"), chosenRows(query, notInOrder()), rowOfBoth),
    whole(t("view.waivers"), chosenWaivers({}), waiverLine), h("section", {}, ...typesView().flat(Infinity)));
  printed.hidden = false;
  printed.dataset.ready = "yes";
  document.documentElement.dataset.printing = "yes";
});
addEventListener("afterprint", () => {
  printed.replaceChildren();
  printed.hidden = true;
  delete printed.dataset.ready;
  delete document.documentElement.dataset.printing;
});
menu.hidden = false;
speak(language);
