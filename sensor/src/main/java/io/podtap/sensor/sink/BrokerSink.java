/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.sink;

import io.podtap.sensor.broker.Outbox;
import io.podtap.sensor.log.JsonFormat;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogSchema;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Leaves each record as one JSON object in an outbox, with the connection's {@code uid} as its key:
 * one connection's records stay in one partition of a topic, in their order. Never waits.
 */
public final class BrokerSink implements LogSink {

  private final Outbox outbox;

  /** Sinks to the same outbox that are open. */
  private final AtomicInteger users;

  private final JsonFormat format = new JsonFormat();
  private final LineBuffer buffer = new LineBuffer(4 << 10);

  /**
   * @param outbox closed with the last sink to it
   */
  public BrokerSink(Outbox outbox) {
    this(outbox, new AtomicInteger());
  }

  private BrokerSink(Outbox outbox, AtomicInteger users) {
    this.outbox = outbox;
    this.users = users;
    users.incrementAndGet();
  }

  @Override
  public BrokerSink another() {
    return new BrokerSink(outbox, users);
  }

  @Override
  public <R> LogStream<R> open(LogSchema<R> schema) {
    Outbox.Slot slot = outbox.open(schema.path());
    return row -> {
      buffer.truncate(0);
      byte[] key = schema.writeUid(row, buffer) ? bytes() : null;
      buffer.truncate(0);
      format.write(schema, row, buffer);
      buffer.truncate(buffer.length() - 1); // a message has no line end
      slot.offer(key, bytes());
    };
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
