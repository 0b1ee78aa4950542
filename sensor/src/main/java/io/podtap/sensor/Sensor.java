/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.agent.Cadence;
import io.podtap.core.agent.Health;
import io.podtap.core.agent.Heartbeat;
import io.podtap.core.capture.FrameSource;
import io.podtap.core.capture.InterfaceCapture;
import io.podtap.core.capture.MultiCapture;
import io.podtap.core.capture.RingSettings;
import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.Poller;
import io.podtap.core.metrics.MetricsText;
import io.podtap.core.metrics.Reading;
import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.broker.Brokers;
import io.podtap.sensor.broker.Outbox;
import io.podtap.sensor.broker.OutboxSummary;
import io.podtap.sensor.decapsulate.DatagramCutter;
import io.podtap.sensor.edges.EdgeSeries;
import io.podtap.sensor.identity.source.OwnerSources;
import io.podtap.sensor.ingest.Ingest;
import io.podtap.sensor.ingest.IngestSummary;
import io.podtap.sensor.ingest.Inlets;
import io.podtap.sensor.ingest.Recent;
import io.podtap.sensor.log.TapLog;
import io.podtap.sensor.notice.NoticeSink;
import io.podtap.sensor.notice.NoticeStage;
import io.podtap.sensor.notice.WorkloadNames;
import io.podtap.sensor.sink.BrokerSink;
import io.podtap.sensor.sink.FolderSettings;
import io.podtap.sensor.sink.FolderSink;
import io.podtap.sensor.sink.LogLosses;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import io.podtap.sensor.sink.StreamSink;
import io.podtap.sensor.sink.TwinSink;
import io.podtap.sensor.taps.TapSummary;
import io.podtap.sensor.taps.TapTable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sensor's loop, the only one unless there are {@link Workers}. A tap's packet passes:
 *
 * <ol>
 *   <li>ingest: from datagrams and streams to frames, and whose they are ({@link Ingest}, which
 *       begins with its own list)
 *   <li>analysis: headers, defragment, track, log, sink ({@link Analysis}, which does as well)
 * </ol>
 *
 * Frames of an interface go to the analysis at once, joined datagrams cut ({@link DatagramCutter}).
 * Made, run and closed by one thread; {@link #stop} and {@link #snapshot} are for any.
 */
public final class Sensor {

  private static final int AWAIT_MS = 100;

  private static final long MAINTENANCE_NS = TimeUnit.MILLISECONDS.toNanos(250);

  /** The loop turns many times a second: when it has not for so long, it hangs. */
  private static final long STALL_NS = TimeUnit.SECONDS.toNanos(5);

  private static final long TAP_LOG_NS = TimeUnit.SECONDS.toNanos(1);

  /**
   * What a sensor has counted at one moment.
   *
   * @param timeNs when, nanoseconds since 1970
   * @param ingest what was received, by whom
   * @param analysed what the analysis counted
   * @param lostRecords records that could not be written, by log
   * @param outbox records on their way to a broker
   * @param captured what the interface gave, if one is captured
   * @param owners who had which address, if that is asked
   * @param notices what detections found, if they run
   */
  public record Snapshot(
      long timeNs,
      IngestSummary ingest,
      AnalysisSummary analysed,
      Map<String, Long> lostRecords,
      OutboxSummary outbox,
      Optional<Reading> captured,
      Optional<Reading> owners,
      Optional<Reading> notices) {}

  private final Poller poller;
  private final Ingest ingest;
  private final FrameAnalysis analysis;
  private final LogStream<TapLog.Row> tapLog;
  private final @Nullable MultiCapture capture;
  private final DatagramCutter cutter;
  private final @Nullable Path logFolder;
  private final LogLosses losses;
  private final Consumer<String> news;
  private final @Nullable Outbox outbox;
  private final @Nullable OwnerSources owners;
  private final @Nullable EdgeSeries edges;
  private final @Nullable NoticeStage notices;
  private final Cadence maintenance = new Cadence(MAINTENANCE_NS, 0);
  private final Cadence tapLogs = new Cadence(TAP_LOG_NS, 0);
  private final Health health = new Health();
  private final Heartbeat heartbeat = health.loop("the sensor's loop");
  private final Recent dropping = new Recent();
  private volatile boolean isInterfaceGone;
  private volatile boolean stopping;
  private volatile Snapshot snapshot;

  private Sensor(
      SensorSettings settings,
      Supplier<LogSink> files,
      Detecting detecting,
      LogLosses losses,
      Consumer<String> news,
      @Nullable Outbox outbox,
      @Nullable OwnerSources owners,
      Inlets inlets,
      @Nullable InterfaceCapture live) {
    this.losses = losses;
    this.news = news;
    this.outbox = outbox;
    this.owners = owners;
    edges =
        owners == null || settings.edgeBytesMax() == 0
            ? null
            : new EdgeSeries(settings.edgeBytesMax());
    boolean hasFolder = !settings.logs().isEmpty() && !settings.logs().equals("-");
    logFolder = hasFolder ? Path.of(settings.logs()) : null;
    TapTable taps = new TapTable(settings.ingest().knownTaps());
    LogSink sink =
        owners == null
            ? detecting.in(files, WorkloadNames.NONE, news)
            : detecting.in(
                () -> owners.enrich(files.get(), taps, edges),
                new OwnerNames(owners.identities()),
                news);
    poller = new Poller(settings.ingest().listeners().size() + 1); // and the interface
    // Opened before the analysis, which closes the sink with everything in it.
    tapLog = sink.open(TapLog.schema());
    notices = sink instanceof NoticeSink noticed ? noticed.stage() : null;
    if (notices != null) {
      health.remark(notices::problem);
    }
    if (owners != null) {
      owners.begin(sink, Sensor::wallClockNs, news);
      health.remark(owners::problem);
    }
    analysis =
        FrameAnalysis.of(
            settings.analysis(),
            sink,
            settings.ingest().isEmpty() ? null : taps::name,
            Sensor::wallClockNs);
    ingest = new Ingest(settings.ingest(), inlets, taps, analysis, poller, news);
    capture = live == null ? null : new MultiCapture(List.of(live));
    cutter = new DatagramCutter(analysis);
    if (live != null) {
      poller.add(live.fd());
    }
    snapshot = takeSnapshot();
    health
        .condition(this::stall)
        .condition(this::disk)
        .condition(
            () -> isInterfaceGone ? "interface " + settings.interfaceName() + " is gone" : "")
        .condition(() -> dropping.isNow() ? "records for Kafka are being lost" : "");
    ingest.watch(health);
  }

  /**
   * Opens sockets, interface and logs on the calling thread, which must run the sensor.
   *
   * @throws SettingsException when an address, an interface or the folder cannot be had; nothing
   *     stays open then
   */
  public static Sensor open(SensorSettings settings) {
    return open(settings, _ -> {});
  }

  /**
   * As above.
   *
   * @param news takes a line for whoever runs the sensor, at most one a minute
   */
  public static Sensor open(SensorSettings settings, Consumer<String> news) {
    return open(settings, news, (records, _, _) -> records.get());
  }

  /** Puts detections in front of the sink of records. */
  @FunctionalInterface
  interface Detecting {

    /** Returns the sink for records; see {@link NoticeOptions#in}. */
    LogSink in(Supplier<LogSink> records, WorkloadNames names, Consumer<String> news);
  }

  /** As above, with detections. */
  static Sensor open(SensorSettings settings, Consumer<String> news, Detecting detecting) {
    Inlets inlets = Inlets.open(settings.ingest(), news);
    InterfaceCapture live = null;
    Outbox outbox = null;
    try {
      if (!settings.interfaceName().isEmpty()) {
        live =
            InterfaceCapture.open(
                settings.interfaceName(),
                0,
                RingSettings.DEFAULT,
                LoopGuard.NONE,
                settings.filter());
      }
      BrokerSettings broker = settings.broker();
      outbox = broker == null ? null : Brokers.open(broker, System.err);
      OwnerSources owners = OwnerSources.open(settings.identity());
      LogLosses losses = new LogLosses();
      Outbox box = outbox;
      return new Sensor(
          settings,
          () -> openSink(settings, losses, box),
          detecting,
          losses,
          news,
          outbox,
          owners,
          inlets,
          live);
    } catch (RuntimeException e) {
      if (outbox != null) {
        outbox.close();
      }
      inlets.close();
      if (live != null) {
        live.close();
      }
      throw e instanceof LinuxException
          ? new SettingsException(String.valueOf(e.getMessage()), e)
          : e;
    }
  }

  private static LogSink openSink(
      SensorSettings settings, LogLosses losses, @Nullable Outbox outbox) {
    if (outbox == null) {
      return openFiles(settings, losses);
    }
    BrokerSettings.Key key =
        settings.broker() == null ? BrokerSettings.Key.UID : settings.broker().key();
    LogSink broker = new BrokerSink(outbox, key);
    // The broker first, also at the end: it has its time, and files may be compressed longer.
    return settings.logs().isEmpty() ? broker : new TwinSink(broker, openFiles(settings, losses));
  }

  private static LogSink openFiles(SensorSettings settings, LogLosses losses) {
    return settings.logs().equals("-")
        ? new StreamSink(
            new FileOutputStream(FileDescriptor.out), settings.format(), Sensor::wallClockNs)
        : new FolderSink(
            new FolderSettings(
                Path.of(settings.logs()),
                settings.rotation(),
                FolderSettings.Older.APPENDED_TO,
                settings.analysis().heapPlan().logBufferBytes()),
            settings.format(),
            Sensor::wallClockNs,
            losses);
  }

  /**
   * Runs until {@link #stop} is called, then drains what stands in the sockets, ends every flow and
   * closes.
   */
  public void run() {
    try {
      while (!stopping) {
        if (doWork(wallClockNs()) == 0) {
          ingest.await(AWAIT_MS);
        }
      }
    } finally {
      close();
    }
  }

  /** Does one cycle without blocking and returns how much was done. */
  int doWork(long nowNs) {
    int work = receive(nowNs);
    if (maintenance.isDue(nowNs)) {
      occasionally(nowNs);
    }
    return work;
  }

  private int receive(long nowNs) {
    int work = ingest.poll(nowNs);
    if (capture != null) {
      work += Math.max(capture.poll(cutter), 0);
    }
    return work;
  }

  private void occasionally(long nowNs) {
    heartbeat.beat();
    if (capture != null) {
      capture.maintain();
      isInterfaceGone = !capture.get(0).isPresent();
    }
    if (tapLogs.isDue(nowNs)) {
      for (TapSummary tap : ingest.expire(nowNs)) {
        tapLog.write(new TapLog.Row(nowNs, tap));
      }
      Snapshot taken = takeSnapshot();
      for (TapSummary tap : taken.ingest().taps()) {
        if (tap.tap().takeChanged()) {
          if (owners != null) {
            owners.report(tap.tap(), nowNs);
          }
          tapLog.write(new TapLog.Row(nowNs, tap));
        }
      }
      if (owners != null) {
        owners.advance(nowNs);
        if (edges != null) {
          edges.advance(nowNs, owners.identities());
        }
      }
    }
    analysis.idle(nowNs);
    losses.news(nowNs).ifPresent(news);
  }

  private Snapshot takeSnapshot() {
    AnalysisSummary analysed = analysis.summary();
    Snapshot taken =
        new Snapshot(
            wallClockNs(),
            ingest.summary(),
            analysed,
            losses.counts(),
            outbox == null ? OutboxSummary.NONE : outbox.summary(),
            readInterface(),
            owners == null
                ? Optional.empty()
                : Optional.of(SensorMetrics.IDENTITY.read(owners.counts())),
            notices == null
                ? Optional.empty()
                : Optional.of(SensorMetrics.NOTICES.read(notices.counts())));
    snapshot = taken;
    dropping.update(taken.outbox().logs().stream().mapToLong(OutboxSummary.Log::lost).sum());
    return taken;
  }

  private Optional<Reading> readInterface() {
    if (capture == null) {
      return Optional.empty();
    }
    InterfaceCapture live = capture.get(0);
    live.readStatistics();
    return Optional.of(SensorMetrics.INTERFACE.read(new CapturedInterface(live, cutter)));
  }

  /** Adds what the sensor counts to the text of its metrics. Any thread. */
  void addTo(MetricsText text) {
    SensorText.add(text, snapshot);
    if (edges != null) {
      edges.addTo(text);
    }
  }

  /** Returns whether streams over TLS are received. */
  boolean takesStreams() {
    return ingest.takesStreams();
  }

  /** Asks the loop to end. Any thread. */
  public void stop() {
    stopping = true;
  }

  /** Returns what the sensor says of its health. Any thread. */
  public Health health() {
    return health;
  }

  private String stall() {
    if (stopping) {
      return "it is stopping";
    }
    long silentNs = wallClockNs() - snapshot.timeNs;
    return silentNs > STALL_NS
        ? "no packet was handled for " + TimeUnit.NANOSECONDS.toSeconds(silentNs) + " s"
        : "";
  }

  private String disk() {
    if (logFolder != null && !Files.isWritable(logFolder)) {
      return "log folder '" + logFolder + "' is gone or not writable";
    }
    return losses.problem();
  }

  /** Returns the counters as of the last second; after the end, the final ones. Any thread. */
  public Snapshot snapshot() {
    return snapshot;
  }

  private void close() {
    heartbeat.end();
    long nowNs = wallClockNs();
    if (capture != null) {
      capture.stop();
      while (capture.poll(cutter) > FrameSource.END) {
        poller.poll(1);
      }
    }
    ingest.drain(nowNs);
    Snapshot last = takeSnapshot();
    for (TapSummary tap : last.ingest().taps()) {
      tapLog.write(new TapLog.Row(nowNs, tap));
    }
    if (owners != null) {
      owners.close();
    }
    analysis.close();
    takeSnapshot();
    if (capture != null) {
      capture.close();
    }
    cutter.close();
    losses.news(Long.MAX_VALUE).ifPresent(news);
    ingest.close();
    poller.close();
  }

  static long wallClockNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}
