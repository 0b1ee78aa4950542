/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.broker;

import io.podtap.core.agent.Threads;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Records that wait for a broker, and the thread that sends them.
 *
 * <p>Bounded in records and in bytes, counted from {@link Slot#offer} until the broker has
 * confirmed or refused a record. Offering never waits: a record for which there is no room is
 * dropped, the ones that wait are kept. Losses are counted by log, and said in one line a minute.
 */
public final class Outbox implements AutoCloseable {

  /** How much may wait when nothing else is said: a second or two of a busy sensor. */
  public static final int RECORDS_MAX = 1 << 16;

  /** In bytes of keys and values, with what an entry costs besides. */
  public static final int BYTES_MAX = 32 << 20;

  /** An entry's objects: itself, two arrays' headers, the queue's node. */
  private static final int ENTRY_BYTES = 120;

  private static final long TURN_MS = 250;
  private static final long REPORT_NS = TimeUnit.MINUTES.toNanos(1);

  private final BrokerClient client;
  private final BrokerSettings settings;
  private final int recordsMax;
  private final long bytesMax;
  private final Duration patience;
  private final PrintStream out;
  private final LinkedBlockingQueue<Entry> waiting = new LinkedBlockingQueue<>();
  private final AtomicInteger records = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final List<TopicCounters> lanes = new CopyOnWriteArrayList<>();
  private final Thread sender;
  private volatile boolean closing;
  private volatile String trouble = "";
  private long nextReportNs = System.nanoTime() + REPORT_NS;

  /**
   * Starts the thread that sends.
   *
   * @param client closed by this
   * @param recordsMax records that may wait or be on their way
   * @param bytesMax the same in bytes
   * @param patience how long {@link #close} waits for the broker
   * @param out where losses are said
   */
  public Outbox(
      BrokerClient client,
      BrokerSettings settings,
      int recordsMax,
      long bytesMax,
      Duration patience,
      PrintStream out) {
    this.client = client;
    this.settings = settings;
    this.recordsMax = recordsMax;
    this.bytesMax = bytesMax;
    this.patience = patience;
    this.out = out;
    sender = Threads.unstarted("broker-sender", this::sendAll);
    sender.start();
  }

  /** Where the records of one log are left. Any thread. */
  public final class Slot {

    private final TopicCounters lane;

    private Slot(TopicCounters lane) {
      this.lane = lane;
    }

    /** Leaves a record; it is dropped and counted when there is no room. Both arrays are kept. */
    public void offer(byte @Nullable [] key, byte[] value) {
      lane.offered.incrementAndGet();
      Entry entry = new Entry(lane, key, value);
      if (closing || !reserve(entry.weight())) {
        lane.dropped.incrementAndGet();
      } else {
        waiting.add(entry);
      }
    }
  }

  private boolean reserve(int weight) {
    if (records.incrementAndGet() > recordsMax) {
      records.decrementAndGet();
      return false;
    }
    if (bytes.addAndGet(weight) > bytesMax) {
      release(weight);
      return false;
    }
    return true;
  }

  private void release(int weight) {
    bytes.addAndGet(-weight);
    records.decrementAndGet();
  }

  /** Opens the log of this name. Any thread. */
  public synchronized Slot open(String log) {
    for (TopicCounters lane : lanes) {
      if (lane.log.equals(log)) {
        return new Slot(lane);
      }
    }
    TopicCounters lane = new TopicCounters(log, settings.topic(log));
    lanes.add(lane);
    return new Slot(lane);
  }

  /** Returns what was counted so far. Any thread. */
  public OutboxSummary summary() {
    return new OutboxSummary(bytes.get(), lanes.stream().map(TopicCounters::summary).toList());
  }

  private void sendAll() {
    try {
      while (!closing || !waiting.isEmpty()) {
        Entry entry = waiting.poll(TURN_MS, TimeUnit.MILLISECONDS);
        if (entry != null) {
          send(entry);
        }
        reportNowAndThen();
      }
    } catch (InterruptedException e) {
      // The end, and the broker did not come back in time: the rest is lost.
      trouble = trouble.isEmpty() ? "the broker did not take them in time" : trouble;
    }
  }

  /** Tries until the client takes it: what comes after it waits meanwhile, or is dropped. */
  private void send(Entry entry) throws InterruptedException {
    try {
      String refusal = client.send(entry.lane.topic, entry.key, entry.value, entry);
      while (refusal != null) {
        trouble = refusal;
        reportNowAndThen();
        refusal = client.send(entry.lane.topic, entry.key, entry.value, entry);
      }
    } catch (InterruptedException e) {
      entry.failed(trouble.isEmpty() ? "the broker did not take it in time" : trouble);
      throw e;
    } catch (RuntimeException e) {
      entry.failed(String.valueOf(e)); // the client's mistake: the sensor goes on
    }
  }

  private void reportNowAndThen() {
    if (System.nanoTime() - nextReportNs >= 0) {
      nextReportNs = System.nanoTime() + REPORT_NS;
      report();
    }
  }

  /** Says in one line what was lost since the last one. */
  private void report() {
    StringBuilder names = new StringBuilder();
    long lost = 0;
    for (TopicCounters lane : lanes) {
      long before = lane.reported;
      lane.reported = lane.dropped.get() + lane.failed.get();
      if (lane.reported > before) {
        names.append(names.isEmpty() ? "" : ", ").append(lane.log).append(' ');
        names.append(lane.reported - before);
        lost += lane.reported - before;
      }
    }
    if (lost > 0) {
      out.println("podtap: " + lost + " records did not reach Kafka: " + names + because());
    }
  }

  private String because() {
    return trouble.isEmpty() ? " (more came than the broker took)" : " (" + trouble + ")";
  }

  /** Takes nothing more, sends what waits, as far as there is patience; what is left is lost. */
  @Override
  public void close() {
    long endNs = System.nanoTime() + patience.toNanos();
    closing = true;
    try {
      if (!sender.join(patience)) {
        sender.interrupt();
        sender.join();
      }
    } catch (InterruptedException e) {
      sender.interrupt();
      Thread.currentThread().interrupt();
    }
    client.close(Duration.ofNanos(Math.max(endNs - System.nanoTime(), 0)));
    for (Entry entry = waiting.poll(); entry != null; entry = waiting.poll()) {
      entry.failed(trouble);
    }
    report();
  }

  /** One record, from its offer until its end is known. */
  private final class Entry implements BrokerClient.Receipt {

    private final TopicCounters lane;
    private final byte @Nullable [] key;
    private final byte[] value;

    Entry(TopicCounters lane, byte @Nullable [] key, byte[] value) {
      this.lane = lane;
      this.key = key;
      this.value = value;
    }

    int weight() {
      return ENTRY_BYTES + value.length + (key == null ? 0 : key.length);
    }

    @Override
    public void delivered() {
      lane.delivered.incrementAndGet();
      release(weight());
      if (!trouble.isEmpty()) {
        trouble = "";
      }
    }

    @Override
    public void failed(String reason) {
      lane.failed.incrementAndGet();
      release(weight());
      trouble = reason;
    }
  }
}
