"""The gate: safe defaults, rules, waivers and the verdict on what is synthesised."""
