/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway;

import io.podtap.core.agent.Cadence;
import io.podtap.core.agent.Health;
import io.podtap.core.agent.Heartbeat;
import io.podtap.core.linux.Poller;
import io.podtap.core.text.PlainText;
import io.podtap.gateway.output.Output;
import io.podtap.gateway.output.OutputSummary;
import io.podtap.gateway.output.Outputs;
import io.podtap.gateway.output.Senders;
import io.podtap.sensor.ingest.Ingest;
import io.podtap.sensor.ingest.IngestSummary;
import io.podtap.sensor.ingest.Inlets;
import io.podtap.sensor.merge.MergeCounts;
import io.podtap.sensor.taps.TapTable;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's loop. A tap's packet passes:
 *
 * <ol>
 *   <li>ingest: from datagrams and streams to frames, and whose they are ({@link Ingest})
 *   <li>merge: of packets that several taps deliver one copy goes on ({@link CopyFilter})
 *   <li>distribution: a copy into the queue of every output ({@link Distributor})
 *   <li>output: a thread for each empties its queue ({@code output})
 * </ol>
 *
 * Made, run and closed by one thread; {@link #stop} and {@link #snapshot} are for any.
 */
public final class Gateway {

  private static final int AWAIT_MS = 100;

  /** While packets are held, they are late by no more than this. */
  private static final int HOLDING_AWAIT_MS = 10;

  private static final long MAINTENANCE_NS = TimeUnit.SECONDS.toNanos(1);

  /** The loop turns many times a second: when it has not for so long, it hangs. */
  private static final long STALL_NS = TimeUnit.SECONDS.toNanos(5);

  /** What outputs have left to write when the gateway ends has so long. */
  private static final long DRAIN_NS = TimeUnit.MILLISECONDS.toNanos(800);

  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long NEWS_NS = TimeUnit.MINUTES.toNanos(1);

  /**
   * What a gateway has counted at one moment.
   *
   * @param timeNs when, nanoseconds since 1970
   * @param ingest what was received, by whom
   * @param merged what became of frames that several taps may deliver
   * @param frames handed to every output
   * @param outputs what became of them, in the order in which outputs were asked for
   */
  public record Snapshot(
      long timeNs,
      IngestSummary ingest,
      MergeCounts merged,
      long frames,
      List<OutputSummary> outputs) {
    public Snapshot {
      outputs = List.copyOf(outputs);
    }
  }

  private final Poller poller;
  private final Ingest ingest;
  private final Distributor distributor;
  private final @Nullable CopyFilter copies;
  private final List<Output> outputs;
  private final Consumer<String> news;
  private final Map<String, Long> toldNs = new HashMap<>();
  private final Cadence maintenance = new Cadence(MAINTENANCE_NS, 0);
  private final Health health = new Health();
  private final Heartbeat heartbeat = health.loop("the gateway's loop");
  private volatile boolean stopping;
  private volatile Snapshot snapshot;

  private Gateway(
      GatewaySettings settings,
      Inlets inlets,
      List<Output> outputs,
      Senders senders,
      Consumer<String> news) {
    this.outputs = outputs;
    this.news = news;
    TapTable taps = new TapTable(settings.ingest().knownTaps());
    poller = new Poller(Math.max(settings.ingest().listeners().size(), 1));
    distributor = new Distributor(taps, senders, outputs);
    copies = settings.mergeBytes() == 0 ? null : new CopyFilter(settings.mergeBytes(), distributor);
    ingest =
        new Ingest(
            settings.ingest(), inlets, taps, copies == null ? distributor : copies, poller, news);
    snapshot = takeSnapshot();
    health.condition(this::stall).condition(this::outputs);
    ingest.watch(health);
  }

  /**
   * Opens sockets and outputs on the calling thread, which must run the gateway.
   *
   * @param news takes a line for whoever runs the gateway
   * @throws io.podtap.core.config.SettingsException when an address, an interface or a folder
   *     cannot be had; nothing stays open then
   */
  public static Gateway open(GatewaySettings settings, Consumer<String> news) {
    settings.refuseLoops();
    Senders senders = new Senders();
    Inlets inlets = Inlets.open(settings.ingest(), news);
    try {
      List<Output> outputs = Outputs.open(settings.outputs(), senders, settings.queueBytes());
      return new Gateway(settings, inlets, outputs, senders, news);
    } catch (RuntimeException e) {
      inlets.close();
      throw e;
    }
  }

  /** Runs until {@link #stop} is called, then hands on what has come, and closes. */
  public void run() {
    try {
      while (!stopping) {
        long nowNs = wallClockNs();
        int work = ingest.poll(nowNs);
        if (copies != null) {
          copies.advance(nowNs);
        }
        if (maintenance.isDue(nowNs)) {
          occasionally(nowNs);
        }
        if (work == 0) {
          ingest.await(copies != null && copies.isHolding() ? HOLDING_AWAIT_MS : AWAIT_MS);
        }
      }
    } finally {
      close();
    }
  }

  private void occasionally(long nowNs) {
    heartbeat.beat();
    ingest.expire(nowNs);
    distributor.refresh(nowNs);
    outputs.forEach(Output::publish); // readers come and go without frames as well
    for (OutputSummary output : takeSnapshot().outputs()) {
      tell(output, nowNs);
    }
  }

  /** One line a minute of each output that is in trouble. */
  private void tell(OutputSummary output, long nowNs) {
    if (!output.problem().isEmpty() && nowNs >= toldNs.getOrDefault(output.name(), 0L)) {
      toldNs.put(output.name(), nowNs + NEWS_NS);
      news.accept("output " + output.name() + ": " + output.problem());
    }
  }

  private Snapshot takeSnapshot() {
    Snapshot taken =
        new Snapshot(
            wallClockNs(),
            ingest.summary(),
            copies == null ? MergeCounts.NONE : copies.counts(),
            distributor.frames(),
            outputs.stream().map(Output::summary).toList());
    snapshot = taken;
    return taken;
  }

  /** Asks the loop to end. Any thread. */
  public void stop() {
    stopping = true;
  }

  /** Returns what the gateway says of its health. Any thread. */
  public Health health() {
    return health;
  }

  private String stall() {
    if (stopping) {
      return "it is stopping";
    }
    long silentNs = wallClockNs() - snapshot.timeNs;
    return silentNs > STALL_NS
        ? "no packet was processed for " + TimeUnit.NANOSECONDS.toSeconds(silentNs) + " s"
        : "";
  }

  private String outputs() {
    return String.join(
        "\n",
        snapshot.outputs.stream()
            .filter(output -> !output.problem().isEmpty())
            .map(output -> "output " + output.name() + ": " + PlainText.of(output.problem()))
            .toList());
  }

  /** Returns the counters as of the last second; after the end, the final ones. Any thread. */
  public Snapshot snapshot() {
    return snapshot;
  }

  private void close() {
    heartbeat.end();
    ingest.drain(wallClockNs());
    if (copies != null) {
      copies.close();
    }
    outputs.forEach(Output::stop);
    long deadline = System.nanoTime() + DRAIN_NS;
    while (!outputs.stream().allMatch(Output::isEnded) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(PAUSE_NS);
    }
    outputs.forEach(Output::close);
    takeSnapshot().outputs().forEach(output -> tell(output, wallClockNs()));
    ingest.close();
    poller.close();
  }

  private static long wallClockNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}
