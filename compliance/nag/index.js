"use strict";
/**
 * cdk-nag's packs, telling also what they find in order.
 *
 * cdk-nag reports findings only. Here the same rules are asked in the same way, and for every rule
 * the construct paths of the resources are kept that the rule itself called compliant; a rule that
 * says "not applicable" or throws has found nothing in order. Packs share rules: each is asked once
 * a resource.
 */
const { HIPAASecurityChecks, NIST80053R5Checks, NagRuleCompliance } = require("cdk-nag");

const PACKS = { "HIPAA.Security": HIPAASecurityChecks, "NIST.800.53.R5": NIST80053R5Checks };

const inOrder = (said) =>
  Array.isArray(said) ? said.length === 0 : said === NagRuleCompliance.COMPLIANT;

/** Return a function that asks a rule about a resource, once. What the rule throws is thrown. */
const once = () => {
  const answers = new Map();
  return (rule, node) => {
    if (!answers.has(rule)) answers.set(rule, new Map());
    const known = answers.get(rule);
    if (!known.has(node)) {
      try {
        known.set(node, { said: rule(node) });
      } catch (error) {
        known.set(node, { error });
      }
    }
    const { said, error } = known.get(node);
    if (error) throw error;
    return said;
  };
};

const telling = (Pack, ask) =>
  class extends Pack {
    found = {};

    applyRule(params) {
      const name = params.ruleSuffixOverride ?? params.rule.name;
      const rule = (node) => {
        const said = ask(params.rule, node);
        if (inOrder(said)) (this.found[name] ??= []).push(node.node.path);
        return said;
      };
      // cdk-nag names a finding after the function.
      super.applyRule({ ...params, rule: Object.defineProperty(rule, "name", { value: name }) });
    }
  };

/** Judge a construct tree. JSON: pack -> {violations, compliant: {rule: [construct path]}}. */
exports.Packs = class {
  static judge(scope) {
    const ask = once();
    const judged = Object.entries(PACKS).map(([name, Pack]) => {
      const pack = new (telling(Pack, ask))(scope, { verbose: true });
      const { violations } = pack.validateScope(scope);
      return [name, { violations, compliant: pack.found }];
    });
    return JSON.stringify(Object.fromEntries(judged));
  }
};
