"""Kill tests: every rule is broken on purpose, and the gate must turn red for the right reason.

A mutant is one change to the synthesised platform, inside a nested stack: a property removed, a
grant widened, a waiver dropped. It is killed when the rule that is there for it finds fault with
the resource that was changed; any other red is no kill. What survives shows a rule that is blind.
"""
