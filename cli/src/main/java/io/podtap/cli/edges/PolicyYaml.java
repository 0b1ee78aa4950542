/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;

/**
 * Writes planned policies as two YAML documents, one for ingress and one for egress, with comments
 * that say what each rule was seen for.
 */
final class PolicyYaml {

  private static final int NAME_LENGTH_MAX = 253;

  private static final String TAPS =
      "# Taps of these pods send to their sensor, which no log shows: allow that by"
          + " examples/network-policy.yaml.\n";

  private final StringBuilder out = new StringBuilder();

  private PolicyYaml() {}

  /** Returns the documents. */
  static String write(PolicyPlan plan) {
    PolicyYaml yaml = new PolicyYaml();
    yaml.out.append("# What logs show of ").append(plan.subject().text()).append(".\n");
    yaml.out.append(TAPS);
    plan.notes().forEach(note -> yaml.out.append("# ").append(note).append('\n'));
    yaml.policy(plan, "Ingress", "from", plan.ingress());
    yaml.policy(plan, "Egress", "to", plan.egress());
    return yaml.out.toString();
  }

  /** Returns how often and when connections were seen. */
  static String text(Tally tally) {
    return String.format(
        Locale.ROOT,
        "connections: %d, failed: %d, %s to %s",
        tally.connections(),
        tally.failures(),
        tally.first(),
        tally.last());
  }

  private void policy(
      PolicyPlan plan, String type, String direction, Collection<PolicyPlan.Rule> rules) {
    End subject = plan.subject();
    String list = type.toLowerCase(Locale.ROOT);
    out.append("---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n");
    out.append("  name: ").append(name(subject, list)).append('\n');
    out.append("  namespace: \"").append(subject.namespace()).append("\"\n");
    out.append("spec:\n  podSelector:\n");
    labels("    ", plan.selector());
    out.append("  policyTypes:\n    - ").append(type).append('\n');
    out.append("  ").append(list).append(rules.isEmpty() ? ": []\n" : ":\n");
    rules.forEach(rule -> rule(subject, direction, rule));
  }

  private static String name(End subject, String suffix) {
    String front = "podtap-" + subject.resource().toLowerCase(Locale.ROOT) + '-' + subject.name();
    int length = Math.min(front.length(), NAME_LENGTH_MAX - 1 - suffix.length());
    return front.substring(0, length) + '-' + suffix;
  }

  private void rule(End subject, String direction, PolicyPlan.Rule rule) {
    out.append("    # ").append(rule.comment()).append('\n');
    out.append("    - ").append(direction).append(":\n");
    if (rule.block().isEmpty()) {
      pods(subject, rule);
    } else {
      out.append("        - ipBlock:\n            cidr: \"").append(rule.block()).append("\"\n");
    }
    out.append("      ports:\n");
    rule.ports()
        .forEach((port, tally) -> {
          out.append("        # ").append(text(tally)).append('\n');
          out.append("        - protocol: ").append(port.transport().toUpperCase(Locale.ROOT));
          out.append("\n          port: ").append(port.number()).append('\n');
        });
  }

  private void pods(End subject, PolicyPlan.Rule rule) {
    out.append("        - podSelector:\n");
    labels("            ", rule.selector());
    if (!rule.namespace().equals(subject.namespace())) {
      out.append("          namespaceSelector:\n");
      labels("            ", Map.of("kubernetes.io/metadata.name", rule.namespace()));
    }
  }

  private void labels(String indent, Map<String, String> labels) {
    out.append(indent).append("matchLabels:\n");
    labels.forEach((key, value) -> {
      out.append(indent).append("  \"").append(key).append("\": \"");
      out.append(value).append("\"\n");
    });
  }
}
