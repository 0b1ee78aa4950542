package io.podtap.sensor;

import io.podtap.core.capture.FrameSource;
import io.podtap.core.capture.InterfaceCapture;
import io.podtap.core.capture.MultiCapture;
import io.podtap.core.capture.RingSettings;
import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.Poller;
import io.podtap.core.linux.UdpSocket;
import io.podtap.core.stream.StreamServer;
import io.podtap.core.trust.Trust;
import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.broker.Brokers;
import io.podtap.sensor.broker.Outbox;
import io.podtap.sensor.broker.OutboxSummary;
import io.podtap.sensor.log.TapLog;
import io.podtap.sensor.receive.ReceiveAgent;
import io.podtap.sensor.sink.BrokerSink;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sensor's loop, the only one unless there are {@link Workers}. A tap's datagram passes:
 *
 * <ol>
 *   <li>receive: many datagrams with one call ({@link ReceiveAgent})
 *   <li>decapsulate: the frame inside, and whose it is ({@link DatagramReceiver})
 *   <li>analysis: headers, defragment, track, log, sink ({@link Analysis}, which begins with its
 *       own list)
 * </ol>
 *
 * Streams over TLS are decrypted by a thread of their own; their frames go to the analysis from
 * here ({@link StreamReceiver}). Frames of an interface go to the analysis at once. Made, run and
 * closed by one thread; {@link #stop} and {@link #snapshot} are for any.
 */
public final class Sensor {

  private static final int AWAIT_MS = 100;

  /** Streams have a thread of their own, which wakes nobody: what it has is asked for. */
  private static final int STREAM_AWAIT_MS = 5;

  private static final long MAINTENANCE_NS = TimeUnit.MILLISECONDS.toNanos(250);

  /** The loop turns many times a second: when it has not for so long, it hangs. */
  private static final long STALL_NS = TimeUnit.SECONDS.toNanos(5);

  private static final long TAP_LOG_NS = TimeUnit.SECONDS.toNanos(1);

  /** Datagrams that stand in the sockets at the end; bounded, since senders may go on. */
  private static final int DRAIN_BATCHES_MAX = 4_096;

  /**
   * What a sensor has counted at one moment.
   *
   * @param timeNs when, nanoseconds since 1970
   * @param streams what came over TLS
   * @param taps taps and strangers under watch
   * @param forgottenTaps sums of those that were silent for too long
   * @param flows flows under way
   * @param weirds oddities of packets, by Zeek's names
   * @param load where the analysis met its limits
   * @param lostRecords records that could not be written, by log
   * @param outbox records on their way to a broker
   */
  public record Snapshot(
      long timeNs,
      ReceiveSummary receive,
      StreamSummary streams,
      List<TapSummary> taps,
      TapSummary forgottenTaps,
      long forgottenTapsCount,
      long framesAnalysed,
      int flows,
      Map<String, Long> weirds,
      AnalysisLoad load,
      Map<String, Long> lostRecords,
      OutboxSummary outbox) {}

  private final List<ReceiveAgent> agents = new ArrayList<>();
  private final Poller poller;
  private final TapTable taps;
  private final DatagramReceiver receiver;
  private final FrameAnalysis analysis;
  private final LogStream<TapLog.Row> tapLog;
  private final @Nullable MultiCapture capture;
  private final @Nullable StreamServer streams;
  private final StreamReceiver streamReceiver;
  private final @Nullable Path logFolder;
  private final LogLosses losses;
  private final Consumer<String> news;
  private final @Nullable Outbox outbox;
  private long nextMaintenanceNs;
  private long nextTapLogNs;
  private volatile boolean stopping;
  private volatile Snapshot snapshot;

  private Sensor(
      SensorSettings settings,
      LogSink sink,
      LogLosses losses,
      Consumer<String> news,
      @Nullable Outbox outbox,
      List<UdpSocket> sockets,
      @Nullable StreamServer streams,
      @Nullable InterfaceCapture live) {
    this.losses = losses;
    this.news = news;
    this.outbox = outbox;
    boolean hasFolder = !settings.logs().isEmpty() && !settings.logs().equals("-");
    logFolder = hasFolder ? Path.of(settings.logs()) : null;
    taps = new TapTable(settings.knownTaps());
    poller = new Poller(sockets.size() + 1); // and the interface
    // Opened before the analysis, which closes the sink with everything in it.
    tapLog = sink.open(TapLog.schema());
    analysis =
        FrameAnalysis.of(
            settings.analysis(),
            sink,
            settings.listeners().isEmpty() && streams == null ? null : taps::name,
            Sensor::wallClockNs);
    receiver = new DatagramReceiver(taps, analysis, settings.knownTaps().only());
    for (int i = 0; i < sockets.size(); i++) {
      ReceiveAgent agent =
          new ReceiveAgent(sockets.get(i), settings.listeners().get(i).geneve(), receiver);
      agents.add(agent);
      poller.add(agent.fd());
    }
    this.streams = streams;
    streamReceiver =
        new StreamReceiver(
            taps,
            analysis,
            settings.streams() != null && settings.streams().bindsNamespaces(),
            news);
    capture = live == null ? null : new MultiCapture(List.of(live));
    if (live != null) {
      poller.add(live.fd());
    }
    snapshot = takeSnapshot();
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
    List<UdpSocket> sockets = new ArrayList<>();
    InterfaceCapture live = null;
    StreamServer streams = null;
    Outbox outbox = null;
    try {
      for (Listener listener : settings.listeners()) {
        sockets.add(openSocket(listener, settings));
      }
      if (!settings.interfaceName().isEmpty()) {
        live =
            InterfaceCapture.open(
                settings.interfaceName(),
                0,
                RingSettings.DEFAULT,
                LoopGuard.NONE,
                settings.filter());
      }
      StreamListener listener = settings.streams();
      if (listener != null) {
        Trust trust = Trust.load(listener.files(), listener.taps());
        streams = StreamServer.start(trust, listener.limits(), listener.endpoint(), news);
      }
      BrokerSettings broker = settings.broker();
      outbox = broker == null ? null : Brokers.open(broker, System.err);
      LogLosses losses = new LogLosses();
      LogSink sink = openSink(settings, losses, outbox);
      return new Sensor(settings, sink, losses, news, outbox, sockets, streams, live);
    } catch (RuntimeException e) {
      if (outbox != null) {
        outbox.close();
      }
      sockets.forEach(UdpSocket::close);
      if (streams != null) {
        streams.close();
      }
      if (live != null) {
        live.close();
      }
      throw e instanceof LinuxException
          ? new SettingsException(String.valueOf(e.getMessage()), e)
          : e;
    }
  }

  private static UdpSocket openSocket(Listener listener, SensorSettings settings) {
    UdpSocket socket = UdpSocket.open(listener.isIpv6());
    try {
      if (listener.isIpv6() && sharesPortWithIpv4(listener, settings.listeners())) {
        socket.ipv6Only();
      }
      socket.receiveBufferBytes(settings.receiveBufferBytes());
      socket.receiveOverflowCount();
      socket.receiveTimestamps();
      socket.receiveOffload(true);
      return socket.bind(listener.endpoint());
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** Whether an IPv6 socket must leave IPv4 to another: [::] takes both otherwise. */
  private static boolean sharesPortWithIpv4(Listener listener, List<Listener> all) {
    return all.stream()
        .anyMatch(
            other -> !other.isIpv6() && other.endpoint().port() == listener.endpoint().port());
  }

  private static LogSink openSink(
      SensorSettings settings, LogLosses losses, @Nullable Outbox outbox) {
    if (outbox == null) {
      return openFiles(settings, losses);
    }
    LogSink broker = new BrokerSink(outbox);
    // The broker first, also at the end: it has its time, and files may be compressed longer.
    return settings.logs().isEmpty() ? broker : new TwinSink(broker, openFiles(settings, losses));
  }

  private static LogSink openFiles(SensorSettings settings, LogLosses losses) {
    return settings.logs().equals("-")
        ? new StreamSink(
            new FileOutputStream(FileDescriptor.out), settings.format(), Sensor::wallClockNs)
        : new FolderSink(
            Path.of(settings.logs()),
            settings.format(),
            settings.rotation(),
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
          poller.poll(streams == null ? AWAIT_MS : STREAM_AWAIT_MS);
        }
      }
    } finally {
      close();
    }
  }

  /** Does one cycle without blocking and returns how much was done. */
  int doWork(long nowNs) {
    int work = receive(nowNs);
    if (nowNs >= nextMaintenanceNs) {
      nextMaintenanceNs = nowNs + MAINTENANCE_NS;
      occasionally(nowNs);
    }
    return work;
  }

  private int receive(long nowNs) {
    int work = receiveDatagrams(nowNs) + receiveStreams(nowNs);
    if (capture != null) {
      work += Math.max(capture.poll(analysis), 0);
    }
    return work;
  }

  private int receiveStreams(long nowNs) {
    if (streams == null) {
      return 0;
    }
    streamReceiver.at(nowNs);
    return streams.poll(streamReceiver);
  }

  private int receiveDatagrams(long nowNs) {
    int work = 0;
    for (int i = 0; i < agents.size(); i++) {
      work += agents.get(i).doWork(nowNs);
    }
    return work;
  }

  private void occasionally(long nowNs) {
    if (capture != null) {
      capture.maintain();
    }
    if (nowNs >= nextTapLogNs) {
      nextTapLogNs = nowNs + TAP_LOG_NS;
      for (TapSummary tap : taps.expire(nowNs)) {
        tapLog.write(new TapLog.Row(nowNs, tap));
      }
      Snapshot taken = takeSnapshot();
      for (TapSummary tap : taken.taps()) {
        if (tap.tap().takeChanged()) {
          tapLog.write(new TapLog.Row(nowNs, tap));
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
            ReceiveSummary.of(receiver.counters()),
            streams == null ? StreamSummary.NONE : streamReceiver.summary(streams.counters()),
            TapSummary.of(taps),
            taps.forgotten(),
            taps.forgottenCount(),
            analysed.frames(),
            analysed.flows(),
            analysed.weirds(),
            analysed.load(),
            losses.counts(),
            outbox == null ? OutboxSummary.NONE : outbox.summary());
    snapshot = taken;
    return taken;
  }

  /** Returns whether streams over TLS are received. */
  boolean takesStreams() {
    return streams != null;
  }

  /** Asks the loop to end. Any thread. */
  public void stop() {
    stopping = true;
  }

  /** Returns why the sensor is not ready, or an empty text. Any thread. */
  public String problem() {
    if (stopping) {
      return "it is stopping";
    }
    long silentNs = wallClockNs() - snapshot.timeNs;
    if (silentNs > STALL_NS) {
      return "no packet was handled for " + TimeUnit.NANOSECONDS.toSeconds(silentNs) + " s";
    }
    return logFolder == null || Files.isWritable(logFolder)
        ? ""
        : "log folder '" + logFolder + "' is gone or not writable";
  }

  /** Returns the counters as of the last second; after the end, the final ones. Any thread. */
  public Snapshot snapshot() {
    return snapshot;
  }

  private void close() {
    long nowNs = wallClockNs();
    if (capture != null) {
      capture.stop();
      while (capture.poll(analysis) > FrameSource.END) {
        poller.poll(1);
      }
      capture.close();
    }
    if (streams != null) {
      streams.stop();
      while (!streams.isEnded()) {
        if (receiveStreams(nowNs) == 0) {
          poller.poll(1);
        }
      }
      streams.close();
    }
    for (int i = 0; i < DRAIN_BATCHES_MAX && receiveDatagrams(nowNs) > 0; i++) {
      // what stands in the sockets still counts
    }
    Snapshot last = takeSnapshot();
    for (TapSummary tap : last.taps()) {
      tapLog.write(new TapLog.Row(nowNs, tap));
    }
    analysis.close();
    takeSnapshot();
    losses.news(Long.MAX_VALUE).ifPresent(news);
    agents.forEach(ReceiveAgent::onClose);
    poller.close();
  }

  static long wallClockNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}
