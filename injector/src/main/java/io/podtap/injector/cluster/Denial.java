/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A right that was found missing.
 *
 * @param user who asked, as the API server names it
 * @param group the resource's API group, empty for the core
 * @param namespace empty for the whole cluster
 */
public record Denial(String user, String verb, String group, String resource, String namespace) {

  private static final Pattern MESSAGE =
      Pattern.compile(
          "User \"([^\"]{1,253})\" cannot ([a-z]{1,32}) resource \"([^\"]{1,253})\" in API group"
              + " \"([^\"]{0,253})\"(?: in the namespace \"([^\"]{1,253})\")?");

  /** Reads what RBAC says of a refused request; nothing when something else has refused it. */
  public static Optional<Denial> parse(String message) {
    Matcher matcher = MESSAGE.matcher(message);
    return matcher.find()
        ? Optional.of(
            new Denial(
                matcher.group(1),
                matcher.group(2),
                matcher.group(4),
                matcher.group(3),
                matcher.group(5) == null ? "" : matcher.group(5)))
        : Optional.empty();
  }

  /** Says in one line which rule would help. */
  public String text() {
    boolean isGlobal = namespace.isEmpty();
    return user
        + " may not "
        + verb
        + ' '
        + resource
        + (isGlobal ? " in the cluster" : " in namespace " + namespace)
        + ": needs a "
        + (isGlobal ? "ClusterRole" : "Role there")
        + " with apiGroups [\""
        + group
        + "\"], resources ["
        + resource
        + "], verbs ["
        + verb
        + "]";
  }
}
