/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.agent.Cadence;
import io.podtap.core.agent.ControlQueue;
import io.podtap.core.agent.Health;
import io.podtap.core.agent.Heartbeat;
import io.podtap.core.capture.FrameSource;
import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.BpfProgram;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.text.PlainText;
import io.podtap.tap.discover.SensorSet;
import io.podtap.tap.encapsulate.Encapsulator;
import io.podtap.tap.encapsulate.LinkHeader;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.ledger.ReportText;
import io.podtap.tap.ledger.Reporter;
import io.podtap.tap.link.SensorLink;
import io.podtap.tap.policy.LiveOption;
import io.podtap.tap.policy.PolicySettings;
import io.podtap.tap.policy.PolicyTarget;
import io.podtap.tap.segment.Segmenter;
import io.podtap.tap.send.Lane;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SendQueue;
import io.podtap.tap.send.SensorLanes;
import io.podtap.tap.source.SourceSettings;
import io.podtap.tap.source.TapSource;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The tap's one loop: frames through the {@link Mirror}, and what has to be done now and then.
 *
 * <p>Made, run and closed by one thread, the hot one. {@link #control}, {@link #ledger} and {@link
 * #stop} are for any thread.
 */
public final class Tap implements PolicyTarget, AutoCloseable {

  private static final long MAINTENANCE_NS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long SNAPSHOT_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long REPORT_NS = TimeUnit.SECONDS.toNanos(10);
  private static final int CONTROL_CAPACITY = 16;

  /** How long the hot thread may take for a change: it turns many times a second. */
  private static final long CHANGE_MS_MAX = 10_000;

  /** How long a drain may take: a ring's last block comes after its timeout. */
  private static final long DRAIN_NS = TimeUnit.MILLISECONDS.toNanos(2_000);

  private static final int AWAIT_MS = 100;

  /** How long packets wait in the ring for the first sensor to be found. */
  private static final long HOLD_NS = TimeUnit.SECONDS.toNanos(2);

  /** How long a sensor's last answer is waited for; those of one node take a millisecond. */
  private static final long HEAR_OUT_NS = TimeUnit.MILLISECONDS.toNanos(400);

  private static final long CLOSE_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long HOLD_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(5);

  /** What knows the sensors of a tap whose sensors are not given by address. Never waits. */
  public interface SensorFeed {

    /** Returns the sensors when they have changed since the last call, else null. */
    @Nullable SensorSet poll();

    /** Returns what a report says of it, see {@link io.podtap.core.report.TapReport}. */
    Map<String, String> report();
  }

  /** Opens links, and knows what keeps their packets out of the capture. */
  public interface LaneOpener {

    /**
     * Opens the link to one sensor.
     *
     * @param firstLaneId number of its first lane
     * @throws io.podtap.core.config.SettingsException when that sensor cannot be
     */
    SensorLink open(Endpoint sensor, int firstLaneId);

    /** Returns what keeps the packets of these links out. */
    LoopGuard guard(List<SensorLink> sensors);

    /** Lets the datagrams of links to come leave in another way. */
    default void mode(SendMode next) {}
  }

  private final Arena arena = Arena.ofConfined();
  private final ControlQueue control = new ControlQueue(CONTROL_CAPACITY);
  private final TapSource source;
  private final Ledger ledger;
  private final PacketOutput output;
  private final Mirror mirror;
  private final SensorRoster roster;
  private final ReportText reportText;
  private final @Nullable Reporter reporter;
  private final boolean patient;
  private @Nullable SensorFeed feed;
  private long holdUntilNs;
  private @Nullable IdleWork idleWork;
  private final Cadence maintenance;
  private final Cadence snapshots;
  private final Cadence reports;

  /** When the present cycle began: what is sent within it is sent then. */
  private long cycleNs;

  private boolean ended;
  private final Health health = new Health();
  private final Heartbeat heartbeat = health.loop("the tap's loop");
  private volatile String absence = "";
  private volatile boolean stopping;
  private volatile Ledger.Snapshot snapshot;

  /**
   * Joins the stages. Takes over {@code source}; all memory of the data path is allocated here.
   *
   * @param nowNs nanoseconds since 1970
   */
  public Tap(
      TapSettings settings,
      TapIdentity identity,
      ReportText reportText,
      TapSource source,
      List<? extends SensorLink> sensors,
      LaneOpener lanes,
      long nowNs) {
    this.source = source;
    this.reportText = reportText;
    patient = settings.source() instanceof SourceSettings.CaptureFile;
    Encapsulator encapsulator = new Encapsulator(settings.encapsulation(), identity.tapId());
    boolean streaming = settings.tls().isPresent();
    ledger = new Ledger(source.ledgers(), streaming ? 0 : encapsulator.headerLength());
    output =
        streaming
            ? new StreamOutput(ledger.failed(), source.mtus(), patient)
            : tunnel(encapsulator, identity.tapId(), settings.padBytes(), this::announce);
    mirror =
        new Mirror(
            new LinkHeader(identity.tapId()),
            new Segmenter(arena, settings.segment(), ledger.segment()),
            output,
            ledger,
            new Sensors(sensors),
            ledger.shedder(settings.shed()));
    roster = new SensorRoster(lanes, source, ledger, mirror, this::report);
    reporter =
        settings.reporting() && !streaming // a stream reports by itself
            ? new Reporter(
                arena, reportText, identity.tapId(), encapsulator, settings.encapsulation())
            : null;
    cycleNs = nowNs;
    maintenance = new Cadence(MAINTENANCE_NS, nowNs);
    snapshots = new Cadence(SNAPSHOT_NS, nowNs);
    reports = new Cadence(REPORT_NS, nowNs);
    snapshot = takeSnapshot(nowNs);
    report(ReportText.State.START, mirror.sensors().list(), nowNs);
    health.condition(() -> absence).condition(this::sensorsProblem);
  }

  private PacketOutput tunnel(
      Encapsulator encapsulator, int tapId, int padBytes, TunnelOutput.Announcer announcer) {
    SendQueue queue = new SendQueue(arena, ledger.failed());
    queue.refitter(new PathRefit(arena, tapId, encapsulator, ledger));
    TunnelOutput tunnel = new TunnelOutput(encapsulator, queue, padBytes);
    tunnel.announcer(announcer);
    return tunnel;
  }

  /** In the middle of a frame, so with the ledger of a second ago. */
  private void announce(SensorLanes sensor, Lane lane) {
    if (reporter != null) {
      reporter.announce(lane, snapshot, cycleNs);
    }
  }

  /** Lets {@code next} run while there is nothing to do. Takes it over. */
  public void whenIdle(IdleWork next) {
    idleWork = next;
  }

  /**
   * Turns the loop once, without waiting.
   *
   * @param nowNs the time of this cycle, nanoseconds since 1970
   * @return how much was done; 0 if whoever runs it may {@link #await}
   */
  public int doWork(long nowNs) {
    cycleNs = nowNs;
    int work = control.drain();
    if (stopping && !ended) {
      source.stop();
    }
    if (isHolding(nowNs)) {
      heartbeat.beat();
      work += pollFeed(nowNs);
      return work;
    }
    int frames = source.poll(mirror);
    if (frames == FrameSource.END) {
      ended = true;
    } else {
      work += frames;
    }
    if (maintenance.isDue(nowNs)) {
      occasionally(nowNs);
    }
    return work;
  }

  /**
   * Follows sensors that are found by and by, from the next cycle on. Packets stay in the ring
   * until there is a sensor, two seconds at most; a capture file waits as long as it takes. Before
   * {@link #run}, by its thread.
   */
  public void follow(SensorFeed sensors) {
    feed = sensors;
    holdUntilNs = patient ? Long.MAX_VALUE : System.currentTimeMillis() * 1_000_000L + HOLD_NS;
    reportText.also(sensors::report);
  }

  private boolean isHolding(long nowNs) {
    return nowNs < holdUntilNs && !stopping && mirror.sensors().isEmpty();
  }

  private int pollFeed(long nowNs) {
    SensorSet found = feed == null ? null : feed.poll();
    if (found == null) {
      return 0;
    }
    roster.change(found, nowNs);
    return 1;
  }

  private void occasionally(long nowNs) {
    heartbeat.beat();
    source.maintain();
    absence = source.absence();
    pollFeed(nowNs);
    roster.maintain(nowNs);
    if (reporter != null) {
      reporter.attend(mirror.sensors().list(), nowNs);
    }
    if (snapshots.isDue(nowNs)) {
      takeSnapshot(nowNs);
    }
    if (reports.isDue(nowNs)) {
      mirror.sensors().list().forEach(SensorLink::refresh);
      report(ReportText.State.RUNNING, mirror.sensors().list(), nowNs);
    }
  }

  private Ledger.Snapshot takeSnapshot(long nowNs) {
    snapshots.restart(nowNs);
    source.readStatistics();
    Ledger.Snapshot taken = ledger.snapshot(mirror.sensors().list(), output.calls());
    snapshot = taken;
    return taken;
  }

  private void report(ReportText.State state, List<SensorLink> sensors, long nowNs) {
    if (reporter != null) {
      reporter.report(state, sensors, takeSnapshot(nowNs), nowNs);
    }
  }

  /** Waits for the next frames, a tenth of a second at most. Only the hot thread. */
  public void await() {
    boolean holding = isHolding(System.currentTimeMillis() * 1_000_000L);
    pause(holding, doIdleWork());
  }

  /** While frames are held back the ring may be readable all the time. */
  private void pause(boolean holding, int milliseconds) {
    if (holding) {
      LockSupport.parkNanos(HOLD_PAUSE_NS);
    } else {
      source.await(milliseconds);
    }
  }

  /** Does a slice of idle work, if some is left; returns how long to wait for frames then. */
  private int doIdleWork() {
    IdleWork present = idleWork;
    if (present == null) {
      return AWAIT_MS;
    }
    if (present.isDone()) {
      endIdleWork();
      return AWAIT_MS;
    }
    present.slice();
    return present.restMs();
  }

  private void endIdleWork() {
    if (idleWork != null) {
      idleWork.close();
      idleWork = null;
    }
  }

  /**
   * Returns whether no frame will ever come any more: the file is at its end, or all is drained.
   */
  public boolean isEnded() {
    return ended;
  }

  /** Ends the capture; what stands in the ring is still mirrored. Any thread. */
  public void stop() {
    stopping = true;
    output.stopWaiting();
    source.interrupt();
  }

  /** Returns the ledger as of the last second; after the end, the final one. Any thread. */
  public Ledger.Snapshot ledger() {
    return snapshot;
  }

  /** Returns the way in for commands. Any thread. */
  public ControlQueue control() {
    return control;
  }

  /** Returns what went wrong with the source, or an empty text. */
  public String problem() {
    return source.problem();
  }

  /**
   * Shares flows among other sensors from now on. Lanes of sensors that stay are kept, with the
   * flows on them; the loop guard follows. Cheap, and nothing at all when the set is the present
   * one, so it may be called as often as something is heard of the sensors.
   *
   * <p>Never throws. An empty list says that there is no sensor: nothing is sent to addresses that
   * may be another pod's by now. Who has merely lost sight of the sensors does not call this. A
   * sensor that cannot be opened is left out, named by {@link #sensorProblem}, and tried again
   * every few seconds as long as it is wanted.
   *
   * <p>To be run on the hot thread, by way of {@link #control}.
   */
  public void changeSensors(List<Endpoint> endpoints) {
    roster.change(
        new SensorSet(endpoints, /* isElsewhere= */ false),
        System.currentTimeMillis() * 1_000_000L);
  }

  /**
   * Uses another policy; returns when it is in use. Any thread but the hot one, whose control queue
   * takes the command.
   */
  @Override
  public void change(LiveOption option, PolicySettings next) {
    boolean isFilter = option == LiveOption.FILTER || option == LiveOption.DIRECTION;
    List<BpfProgram> programs =
        isFilter ? source.compile(next.filter(), next.direction()) : List.of();
    CompletableFuture<Void> done = new CompletableFuture<>();
    Runnable command =
        () -> {
          try {
            use(option, next, programs);
            done.complete(null);
          } catch (LinuxException | IllegalArgumentException e) {
            done.completeExceptionally(e);
          }
        };
    if (!control.offer(command)) {
      throw new SettingsException("the tap has too many commands waiting");
    }
    try {
      done.get(CHANGE_MS_MAX, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SettingsException("interrupted", e);
    } catch (ExecutionException e) {
      throw new SettingsException(String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new SettingsException("the tap does not answer", e);
    }
  }

  private void use(LiveOption option, PolicySettings next, List<BpfProgram> programs) {
    switch (option) {
      case FILTER, DIRECTION -> source.filter(programs);
      case SNAPLEN -> mirror.segment(next.segment());
      case BUDGET_MBPS, FLOW_CUTOFF, HEADERS_ONLY -> mirror.shedder(ledger.shedder(next.shed()));
      case SEND -> roster.mode(next.send());
    }
  }

  /** Returns why a wanted sensor is not in use, or an empty text. Any thread. */
  public String sensorProblem() {
    return roster.problem();
  }

  /** Returns what the tap says of its health. Any thread. */
  public Health health() {
    return health;
  }

  private String sensorsProblem() {
    if (!sensorProblem().isEmpty()) {
      return PlainText.of(sensorProblem());
    }
    List<Ledger.SensorSnapshot> sensors = snapshot.sensors();
    boolean isConnected =
        sensors.stream().anyMatch(one -> one.stream().map(s -> s.connected()).orElse(true));
    return isConnected ? "" : sensors.isEmpty() ? "no sensor is known" : "no sensor is connected";
  }

  /** Runs until the source ends or {@link #stop} is called, then drains and closes. */
  public void run() {
    try {
      while (!stopping && !ended) {
        if (doWork(System.currentTimeMillis() * 1_000_000L) == 0 && !ended) {
          await();
        }
      }
    } finally {
      close();
    }
  }

  /** Drains what is left, sends it, and closes all that the tap owns. */
  @Override
  public void close() {
    heartbeat.end();
    endIdleWork();
    source.stop();
    long deadline = System.nanoTime() + DRAIN_NS;
    while (!ended && System.nanoTime() < deadline) {
      int frames = source.poll(mirror);
      if (frames == FrameSource.END) {
        ended = true;
      } else if (frames == 0) {
        source.await(1);
      }
    }
    output.flush();
    long nowNs = System.currentTimeMillis() * 1_000_000L;
    report(ReportText.State.STOP, mirror.sensors().list(), nowNs);
    hearOut(nowNs);
    takeSnapshot(nowNs);
    closeLinks();
    takeSnapshot(nowNs);
    source.close();
    arena.close();
  }

  /** Asks sensors that answer for the last time, so that the final ledger has their counts. */
  private void hearOut(long nowNs) {
    if (reporter == null) {
      return;
    }
    List<SensorLink> present = mirror.sensors().list();
    reporter.attend(present, nowNs);
    List<SensorLanes> answering =
        present.stream().map(SensorLanes.class::cast).filter(SensorLanes::isAnswering).toList();
    answering.forEach(sensor -> reporter.probe(sensor, nowNs));
    long deadline = System.nanoTime() + HEAR_OUT_NS;
    while (answering.stream().anyMatch(sensor -> sensor.isWaiting(nowNs))
        && System.nanoTime() < deadline) {
      LockSupport.parkNanos(CLOSE_PAUSE_NS);
      reporter.attend(present, nowNs);
    }
  }

  /** Streams send what they have, all at the same time; how long that may take, they know. */
  private void closeLinks() {
    List<SensorLink> last = mirror.sensors().list();
    last.forEach(SensorLink::close);
    while (!last.stream().allMatch(SensorLink::isSettled)) {
      LockSupport.parkNanos(CLOSE_PAUSE_NS);
    }
    last.forEach(ledger::giveUp);
  }
}
