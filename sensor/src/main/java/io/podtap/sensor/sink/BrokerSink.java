/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.broker.Outbox;
import io.podtap.sensor.log.JsonFormat;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Leaves each record as one JSON object in an outbox, with the connection's {@code uid} or the
 * originator's workload as its key: what has one key stays in one partition of a topic, in its
 * order. Never waits.
 */
public final class BrokerSink implements LogSink {

  private static final String NAMESPACE = "k8s.orig.namespace";
  private static final String WORKLOAD = "k8s.orig.workload";

  private final Outbox outbox;
  private final BrokerSettings.Key key;

  /** Sinks to the same outbox that are open. */
  private final AtomicInteger users;

  private final JsonFormat format = new JsonFormat();
  private final LineBuffer buffer = new LineBuffer(4 << 10);

  /** As below, with records of one connection together. */
  public BrokerSink(Outbox outbox) {
    this(outbox, BrokerSettings.Key.UID);
  }

  /**
   * @param outbox closed with the last sink to it
   */
  public BrokerSink(Outbox outbox, BrokerSettings.Key key) {
    this(outbox, key, new AtomicInteger());
  }

  private BrokerSink(Outbox outbox, BrokerSettings.Key key, AtomicInteger users) {
    this.outbox = outbox;
    this.key = key;
    this.users = users;
    users.incrementAndGet();
  }

  @Override
  public BrokerSink another() {
    return new BrokerSink(outbox, key, users);
  }

  @Override
  public <R> LogStream<R> open(LogSchema<R> schema) {
    Outbox.Slot slot = outbox.open(schema.path());
    return row -> {
      buffer.truncate(0);
      byte[] of = writeKey(schema, row) ? bytes() : null;
      buffer.truncate(0);
      format.write(schema, row, buffer);
      buffer.truncate(buffer.length() - 1); // a message has no line end
      slot.offer(of, bytes());
    };
  }

  /** Writes the workload as {@code NAMESPACE/KIND/NAME}, where it is wanted and known. */
  private <R> boolean writeKey(LogSchema<R> schema, R row) {
    if (key == BrokerSettings.Key.WORKLOAD) {
      if (schema.writeText(NAMESPACE, row, buffer)) {
        buffer.put('/');
      }
      if (schema.writeText(WORKLOAD, row, buffer)) {
        return true;
      }
      buffer.truncate(0);
    }
    return schema.writeUid(row, buffer);
  }

  private byte[] bytes() {
    return Arrays.copyOf(buffer.bytes(), buffer.length());
  }

  /** Does nothing: what was written is under way already. */
  @Override
  public void flush() {}

  /** Waits as long as the outbox does. */
  @Override
  public void close() {
    if (users.decrementAndGet() == 0) {
      outbox.close();
    }
  }
}
