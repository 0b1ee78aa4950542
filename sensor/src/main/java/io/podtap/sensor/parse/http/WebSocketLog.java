/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.TextSource;
import org.jspecify.annotations.Nullable;

/** The declaration of {@code websocket.log}: one record for each connection that became one. */
final class WebSocketLog {

  private WebSocketLog() {}

  /**
   * One record.
   *
   * @param timeNs when the server agreed, nanoseconds since 1970
   */
  record Row(
      Flow flow,
      long timeNs,
      @Nullable String host,
      @Nullable String uri,
      @Nullable String userAgent,
      String subprotocol,
      String clientProtocols,
      String serverExtensions,
      String clientExtensions) {}

  static LogSchema<Row> schema() {
    return LogSchema.<Row>named("websocket", "One record for each connection that became one.")
        .time("ts", "When the server agreed.", Row::timeNs)
        .flow(Row::flow)
        .string("host", "The Host header.", (row, out) -> text(row.host, out))
        .string("uri", "What was asked for.", (row, out) -> text(row.uri, out))
        .string("user_agent", "The User-Agent header.", (row, out) -> text(row.userAgent, out))
        .string(
            "subprotocol",
            "The protocol that the server chose.",
            (row, out) -> !row.subprotocol.isEmpty() && text(row.subprotocol, out))
        .stringList(
            "client_protocols",
            "Protocols that the client offered.",
            (row, out) -> words(row.clientProtocols, out))
        .stringList(
            "server_extensions",
            "Extensions that the server chose.",
            (row, out) -> words(row.serverExtensions, out))
        .stringList(
            "client_extensions",
            "Extensions that the client offered.",
            (row, out) -> words(row.clientExtensions, out))
        .build();
  }

  private static boolean text(@Nullable String text, LineBuffer out) {
    if (text != null) {
      out.latin1(text);
    }
    return text != null;
  }

  private static boolean words(String list, LineBuffer out) {
    if (list.isEmpty()) {
      return false;
    }
    boolean first = true;
    for (String word : list.split(",", -1)) {
      if (!first) {
        out.put(TextSource.SEPARATOR);
      }
      out.latin1(TextSource.element(word.strip()));
      first = false;
    }
    return true;
  }
}
