/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import java.util.Set;

/**
 * The part of a name that somebody registered: the last two labels, or three below the second-level
 * domains that countries use. An approximation of the public suffix list, which changes daily.
 */
public final class RegisteredDomain {

  private static final Set<String> SECOND_LEVEL =
      Set.of(
          "ac", "co", "com", "edu", "gob", "gov", "gouv", "ltd", "me", "mil", "ne", "net", "nom",
          "or", "org", "plc", "sch");

  private RegisteredDomain() {}

  /** Returns it; the whole name where it has no more labels. */
  public static String of(String name) {
    int end = name.endsWith(".") ? name.length() - 1 : name.length();
    int last = name.lastIndexOf('.', end - 1);
    int second = last <= 0 ? -1 : name.lastIndexOf('.', last - 1);
    if (last <= 0) {
      return name.substring(0, end);
    }
    boolean country = end - last - 1 == 2;
    if (second > 0 && country && SECOND_LEVEL.contains(name.substring(second + 1, last))) {
      second = name.lastIndexOf('.', second - 1);
    }
    return name.substring(second + 1, end);
  }

  /** Returns whether a name is resolved inside the cluster, or is a search for one that is. */
  public static boolean isOfCluster(String name) {
    return name.endsWith(".local")
        || name.endsWith(".internal")
        || name.endsWith(".arpa")
        || name.endsWith(".svc")
        || name.contains(".svc.")
        || name.contains(".cluster.local.")
        || name.indexOf('.') < 0;
  }
}
