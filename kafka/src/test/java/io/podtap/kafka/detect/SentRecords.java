/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka.detect;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Records as sensors send them, of clients that are pods of a workload each. */
final class SentRecords {

  private SentRecords() {}

  /** Returns a connection that failed. */
  static byte[] failedConnection(int client, String target, int port) {
    return json(client, target, port, "\"proto\":\"tcp\",\"conn_state\":\"S0\",\"history\":\"S\"");
  }

  /** Returns a login at Redis that failed. */
  static byte[] failedLogin(int client) {
    return json(client, "10.7.0.1", 6379, "\"cmd.name\":\"AUTH\",\"success\":false");
  }

  /** Returns a request with a password. */
  static byte[] password(int client) {
    return json(client, "10.7.0.2", 80, "\"username\":\"admin\",\"method\":\"GET\"");
  }

  /** Returns the workload of a client, as notices name it. */
  static String workload(int client) {
    return "shop/Deployment/client-" + client;
  }

  private static byte[] json(int client, String target, int port, String fields) {
    return String.format(
            Locale.ROOT,
            "{\"ts\":%.6f,\"uid\":\"C%d\",\"id.orig_h\":\"10.5.%d.%d\",\"id.orig_p\":40000,"
                + "\"id.resp_h\":\"%s\",\"id.resp_p\":%d,\"k8s.orig.namespace\":\"shop\","
                + "\"k8s.orig.workload\":\"Deployment/client-%d\",%s}",
            System.currentTimeMillis() / 1e3,
            client,
            client / 250,
            1 + client % 250,
            target,
            port,
            client,
            fields)
        .getBytes(StandardCharsets.UTF_8);
  }
}
