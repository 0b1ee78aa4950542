/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.Session;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells detections of the heartbeats of one connection, in the clear and encrypted. Absent where
 * nobody wants to hear of them. One thread.
 *
 * @see "RFC 6520"
 */
final class Heartbeats {

  /** Name of the event. */
  static final String EVENT = "ssl_heartbeat";

  /** Type and length of the payload, at the beginning of a heartbeat message. */
  static final int HEAD_BYTES = 3;

  /** One heartbeat; filled again for each of a connection. */
  static final class Row {
    @Nullable Flow flow;
    boolean fromClient;
    boolean encrypted;
    int recordBytes;
    int type;
    int payloadBytes;
    boolean dataSeen;
    @Nullable String version;
    @Nullable String cipher;
  }

  private final LogStream<Row> target;
  private final Session session;
  private final Handshake handshake;
  private final Row row = new Row();
  private boolean dataSeen;

  Heartbeats(LogStream<Row> target, Session session, Handshake handshake) {
    this.target = target;
    this.session = session;
    this.handshake = handshake;
  }

  /** Returns where heartbeats of all connections go, or null when nobody wants to hear of them. */
  static @Nullable LogStream<Row> events(LogSink sink) {
    return sink.events(
        LogSchema.<Row>named(EVENT, "Events for detections.")
            .flow(row -> Objects.requireNonNull(row.flow))
            .time(
                "start",
                "Time of the flow's first packet.",
                row -> Objects.requireNonNull(row.flow).startNs)
            .bool("is_client", "Whether the client sent it.", row -> row.fromClient ? 1 : 0)
            .bool("encrypted", "Whether it is encrypted.", row -> row.encrypted ? 1 : 0)
            .count("length", "Bytes of the record.", row -> row.recordBytes)
            .count("type", "1 for a request, 2 for a response.", row -> row.type)
            .count("payload_length", "Bytes of payload, as it says.", row -> row.payloadBytes)
            .bool("data_seen", "Whether application data came before.", row -> row.dataSeen ? 1 : 0)
            .wire("version", "Version that the server chose.", row -> row.version)
            .wire("cipher", "Cipher suite that the server chose.", row -> row.cipher)
            .build());
  }

  /** Takes a heartbeat in the clear. */
  void onClear(boolean fromOriginator, int recordBytes, int type, int payloadBytes) {
    tell(fromOriginator, /* encrypted= */ false, recordBytes, type, payloadBytes);
  }

  /** Takes a record that is encrypted, whatever it carries. */
  void onEncrypted(boolean fromOriginator, int contentType, int recordBytes) {
    if (contentType == Handshake.CONTENT_HEARTBEAT) {
      tell(
          fromOriginator, /* encrypted= */ true, recordBytes, /* type= */ 0, /* payloadBytes= */ 0);
    } else if (contentType == Handshake.CONTENT_APPLICATION_DATA && recordBytes > 0) {
      dataSeen = true;
    }
  }

  private void tell(
      boolean fromOriginator, boolean encrypted, int recordBytes, int type, int payloadBytes) {
    TlsRow known = handshake.row();
    if (known == null) {
      return;
    }
    row.flow = session.flow();
    row.fromClient = handshake.isClient(fromOriginator);
    row.encrypted = encrypted;
    row.recordBytes = recordBytes;
    row.type = type;
    row.payloadBytes = payloadBytes;
    row.dataSeen = dataSeen;
    row.version = known.version < 0 ? null : TlsNames.version(known.version);
    row.cipher = known.cipher;
    target.write(row);
    row.flow = null;
  }
}
