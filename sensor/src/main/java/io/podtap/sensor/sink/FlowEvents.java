/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.flow.FlowEnd;
import io.podtap.sensor.log.LogSchema;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Events of flows that no log has and detections want: a header, a reply, a handshake. Parsers ask
 * for one with {@link #of} when they are made and have null, the usual case, when nobody wants it.
 */
public final class FlowEvents {

  /** Number of the IP protocol UDP. */
  private static final int UDP = 17;

  private static final int TCP = 6;

  /** One event; filled again for each. */
  public static final class Row {
    @Nullable Flow flow;
    boolean fromOriginator;
    String name = "";
    String value = "";
    long number;
  }

  private final LogStream<Row> target;
  private final Row row = new Row();

  private FlowEvents(LogStream<Row> target) {
    this.target = target;
  }

  /**
   * Returns where to tell of events, or null when nobody wants them.
   *
   * @param name of the kind of events, such as {@code http_header}
   */
  public static @Nullable FlowEvents of(LogSink sink, String name) {
    LogStream<Row> wanted = sink.events(schema(name));
    return wanted == null ? null : new FlowEvents(wanted);
  }

  private static LogSchema<Row> schema(String name) {
    return LogSchema.<Row>named(name, "Events for detections.")
        .flow(row -> Objects.requireNonNull(row.flow))
        .enumeration(
            "proto",
            "tcp, udp or icmp.",
            (row, out) -> {
              out.latin1(transport(Objects.requireNonNull(row.flow).protocol()));
              return true;
            })
        .time("start", "Time of the flow's first packet.", row -> start(row.flow))
        .bool("answered", "Whether the responder is a server.", row -> answered(row.flow))
        .bool("is_orig", "Whether the originator sent it.", row -> row.fromOriginator ? 1 : 0)
        .wire("name", "What it is about.", row -> row.name)
        .wire("value", "What it says.", row -> row.value)
        .count("number", "A number of the kind.", row -> row.number)
        .build();
  }

  private static long start(@Nullable Flow flow) {
    return flow == null ? LogSchema.UNSET : flow.startNs;
  }

  /** A server has shaken hands, or sent a datagram. */
  private static long answered(@Nullable Flow flow) {
    if (flow == null) {
      return 0;
    }
    FlowEnd responder = flow.responder();
    if (flow.protocol() != TCP) {
      return responder.packets > 0 ? 1 : 0;
    }
    boolean is =
        responder.state == FlowEnd.ESTABLISHED
            || responder.state == FlowEnd.CLOSED
            || responder.state == FlowEnd.PARTIAL;
    return is ? 1 : 0;
  }

  private static String transport(int protocol) {
    return protocol == TCP ? "tcp" : protocol == UDP ? "udp" : "icmp";
  }

  /**
   * Tells of an event.
   *
   * @param name one character a byte
   * @param value one character a byte
   */
  public void tell(Flow flow, boolean fromOriginator, String name, String value, long number) {
    row.flow = flow;
    row.fromOriginator = fromOriginator;
    row.name = name;
    row.value = value;
    row.number = number;
    target.write(row);
    row.flow = null;
  }
}
