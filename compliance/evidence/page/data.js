// The report's data by the names of things; see compliance/evidence/compact.py for its shape.
const DATA = JSON.parse(document.getElementById("data").textContent);
const RULE = 0, PLACE = 1, VERDICT = 2, ENGINE = 3, FINDING = 4, MESSAGE = 5, REMEDY = 6, WAIVER = 7, READS = 8, ELSEWHERE = 9, SECOND = 10;
const NOT_IN_ORDER = ["fail", "indeterminate", "waived"].map((v) => DATA.verdicts.indexOf(v));
const { verdicts, rules, places, rows, controls, waivers } = DATA;

const clauses = DATA.frameworks.flatMap((framework, index) =>
  framework.clauses.map(([id, title, section, source, seen, kind, disposition, served, record, attestation, why, verdict]) => (
    { id, framework: index, title, section, source, seen, kind, disposition, controls: served, record, attestation, why, verdict })));

// Lists by index, made when first asked for.
function once(make) {
  let made;
  return () => (made ??= make());
}
function grouped(size, entries) {
  const lists = Array.from({ length: size }, () => []);
  for (const [index, value] of entries) if (index >= 0) lists[index].push(value);
  return lists;
}
const rowsOfRule = once(() => grouped(rules.length, rows.map((row) => [row[RULE], row])));
const rowsOfPlace = once(() => grouped(places.length, rows.map((row) => [row[PLACE], row])));
const controlsOfRule = once(() => grouped(rules.length, controls.flatMap((c, i) => c[3].map((rule) => [rule, i]))));
const clausesOfControl = once(() => grouped(controls.length, clauses.flatMap((c) => c.controls.map((i) => [i, c]))));
const byId = (list, key) => once(() => new Map(list.map((one, index) => [key(one), index])));
const clauseById = byId(clauses, (clause) => clause.id);
const placeByPath = byId(places, (place) => place[0]);
const ruleById = byId(rules, (rule) => rule[0]);
const controlById = byId(controls, (control) => control[0]);

// Whether a control needs that the rule judged something.
const neededBy = (control, rule) => !control[7].includes(rule);
const typeByName = byId(DATA.types, (type) => type[0]);
const rulesOfClause = (clause) => [...new Set(clause.controls.flatMap((index) => controls[index][3]))];
const clausesOfRule = (rule) => [...new Set(controlsOfRule()[rule].flatMap((index) => clausesOfControl()[index]))];
const frameworksOfRule = once(() => rules.map((_, rule) => new Set(clausesOfRule(rule).map((clause) => clause.framework))));
const ownerOfRow = (row) => (row[WAIVER] >= 0 ? waivers[row[WAIVER]].owner : places[row[PLACE]][6]);

// Whom a record is with: the words before the colon.
const keeper = (clause) => /^([^:：]{1,60})[:：]/.exec(text(clause.record))?.[1].trim() ?? "";
const scopes = new Map();
function scopeOf(clause) {
  if (!scopes.has(clause)) {
    const found = { rooms: new Set(), owners: new Set() };
    for (const rule of rulesOfClause(clause)) {
      for (const row of rowsOfRule()[rule]) {
        found.rooms.add(places[row[PLACE]][5]);
        if (ownerOfRow(row)) found.owners.add(ownerOfRow(row));
      }
    }
    scopes.set(clause, found);
  }
  return scopes.get(clause);
}
