/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.inventory;

import io.podtap.sensor.dispatch.Protocols;
import io.podtap.sensor.parse.Service;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.StringTokenizer;

/** Names of protocols as in conn.log, and as Zeek names their analyzers. */
final class ServiceNames {

  private static final Map<String, String> ANALYZERS = analyzers();

  private ServiceNames() {}

  private static Map<String, String> analyzers() {
    Map<String, String> names = new HashMap<>();
    for (Service service : Protocols.services()) {
      names.put(service.zeekName(), service.analyzer());
    }
    return Map.copyOf(names);
  }

  /** Returns the analyzers of protocols, both separated by commas. */
  static String analyzers(String services) {
    StringJoiner all = new StringJoiner(",");
    StringTokenizer tokens = new StringTokenizer(services, ",");
    while (tokens.hasMoreTokens()) {
      String name = tokens.nextToken();
      all.add(ANALYZERS.getOrDefault(name, name.toUpperCase(Locale.ROOT)));
    }
    return all.toString();
  }
}
