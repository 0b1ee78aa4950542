/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.kubernetes;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Role must allow.
 *
 * @param verb {@code list}, {@code watch} or {@code create}
 * @param namespace empty for all
 */
public record AccessRule(String verb, String group, String resource, String namespace) {

  private static final Pattern USER = Pattern.compile("User \"([^\"]{1,253})\"");

  /**
   * Says in one line who lacks which rule.
   *
   * @param message the server's, which names the user
   */
  String missing(String message) {
    Matcher user = USER.matcher(message);
    return (user.find() ? user.group(1) : "the pod's service account")
        + " may not "
        + verb
        + ' '
        + resource
        + (namespace.isEmpty() ? " in all namespaces" : " in namespace " + namespace)
        + (namespace.isEmpty() ? " (403): needs a ClusterRole" : " (403): needs a Role there")
        + " with apiGroups [\""
        + group
        + "\"], resources ["
        + resource
        + (verb.equals("create")
            ? "], verbs [create], and a "
            : "], verbs [get, list, watch], and a ")
        + (namespace.isEmpty() ? "ClusterRoleBinding" : "RoleBinding")
        + " to it";
  }
}
