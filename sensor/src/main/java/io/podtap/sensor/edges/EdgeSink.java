/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.edges;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.identity.FlowOwners;
import io.podtap.sensor.identity.Identities;
import io.podtap.sensor.identity.TapOwners;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.log.SchemaRecord;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts records of {@code conn.log}, {@code http.log} and {@code dns.log} by edge, and passes them
 * on. One thread; the series are shared with others.
 */
public final class EdgeSink implements LogSink {

  private final LogSink target;
  private final EdgeSeries series;
  private final Identities identities;
  private final TapOwners taps;
  private final FlowOwners owners;

  /**
   * @param target takes the records; closed with this one
   */
  public EdgeSink(LogSink target, EdgeSeries series, Identities identities, TapOwners taps) {
    this.target = target;
    this.series = series;
    this.identities = identities;
    this.taps = taps;
    this.owners = new FlowOwners(identities, taps);
  }

  /** Reads one record of a log. */
  @FunctionalInterface
  private interface EventReader<R> {

    EdgeEvent read(SchemaRecord<R> logged, Flow flow);
  }

  @Override
  public <R> LogStream<R> open(LogSchema<R> schema) {
    LogStream<R> stream = target.open(schema);
    EventReader<R> reader =
        switch (schema.path()) {
          case "conn" -> EdgeSink::connection;
          case "http" -> EdgeSink::request;
          case "dns" -> EdgeSink::question;
          default -> null;
        };
    return reader == null || !schema.hasFlow() ? stream : counted(stream, schema, reader);
  }

  private <R> LogStream<R> counted(
      LogStream<R> stream, LogSchema<R> schema, EventReader<R> reader) {
    SchemaRecord<R> view = new SchemaRecord<>(schema);
    return row -> {
      stream.write(row);
      Flow flow = schema.flowOf(row);
      if (flow != null) {
        FlowOwners.Ends ends = owners.find(flow);
        series.add(
            EdgeEnd.of(ends.originator()),
            EdgeEnd.of(ends.responder()),
            flow,
            reader.read(view.wrap(row, /* nowNs= */ 0), flow));
      }
    };
  }

  private static <R> EdgeEvent connection(SchemaRecord<R> logged, Flow flow) {
    boolean hasStates = flow.protocol() == IpProtocol.TCP || flow.protocol() == IpProtocol.UDP;
    return new EdgeEvent.ConnectionEnded(
        EdgeOutcome.of(logged.textOrEmpty("conn_state"), hasStates, flow.responder().packets > 0),
        Math.max(logged.number("orig_bytes"), 0),
        Math.max(logged.number("resp_bytes"), 0),
        flow.responder().handshakeNs);
  }

  private static <R> EdgeEvent request(SchemaRecord<R> logged, Flow flow) {
    long status = logged.number("status_code");
    long durationNs = flow.lastNs - logged.number("ts");
    return new EdgeEvent.RequestSeen(
        EdgeEvent.RequestSeen.classOf(status), status < 0 ? -1 : durationNs);
  }

  private static <R> EdgeEvent question(SchemaRecord<R> logged, Flow flow) {
    return new EdgeEvent.QuestionSeen(
        (int) Math.max(logged.number("rcode"), EdgeEvent.QuestionSeen.NO_ANSWER));
  }

  @Override
  public <R> @Nullable LogStream<R> events(LogSchema<R> schema) {
    return target.events(schema);
  }

  @Override
  public void timedBy(LongSupplier packetTimeNs) {
    target.timedBy(packetTimeNs);
  }

  @Override
  public void ending() {
    target.ending();
  }

  @Override
  public EdgeSink another() {
    return new EdgeSink(target.another(), series, identities, taps);
  }

  @Override
  public void flush() {
    target.flush();
  }

  @Override
  public void close() {
    target.close();
  }
}
