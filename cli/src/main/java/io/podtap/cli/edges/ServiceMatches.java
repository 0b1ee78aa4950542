/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds connections that the logs have twice: by the client's tap to the address of a service, and
 * by the server's tap to the pod that accepted it. Both have the client's address and port, begin
 * at the same time, and a service's pods are in its namespace. Remembers the last {@value
 * #ENTRIES_MAX} records of each sort, some 15 MiB; what is forgotten remains unmatched.
 */
final class ServiceMatches {

  private static final int ENTRIES_MAX = 1 << 15;

  /** How far the clocks of two taps may differ. */
  private static final long DIFFERENCE_NS_MAX = 5_000_000_000L;

  private final Map<Origin, ToService> services = new Recent<>();
  private final Map<Origin, Long> pods = new Recent<>();

  /** What both records have in common. */
  private record Origin(String address, int port, String transport, String namespace) {}

  private record ToService(long startNs, Edge edge) {}

  /** Forgets what was added first. */
  private static final class Recent<V> extends LinkedHashMap<Origin, V> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Origin, V> eldest) {
      return size() > ENTRIES_MAX;
    }
  }

  /** Takes a connection that was added to an edge. */
  void add(Connection connection, Edge edge) {
    End server = connection.server();
    if (!server.isSelected() || connection.port() == Connection.NO_PORT) {
      return;
    }
    Origin origin =
        new Origin(
            connection.clientAddress(),
            connection.clientPort(),
            connection.transport(),
            server.namespace());
    long startNs = connection.startNs();
    if (server.kind() == End.Kind.SERVICE) {
      Long podNs = pods.remove(origin);
      if (podNs != null && isSameTime(podNs, startNs)) {
        edge.match();
      } else {
        services.put(origin, new ToService(startNs, edge));
      }
      return;
    }
    ToService service = services.remove(origin);
    if (service != null && isSameTime(service.startNs(), startNs)) {
      service.edge().match();
    } else {
      pods.put(origin, startNs);
    }
  }

  private static boolean isSameTime(long oneNs, long otherNs) {
    return Math.abs(oneNs - otherNs) <= DIFFERENCE_NS_MAX;
  }
}
