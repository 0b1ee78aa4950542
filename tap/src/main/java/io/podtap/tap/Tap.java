package io.podtap.tap;

import io.podtap.core.agent.Agent;
import io.podtap.core.agent.ControlQueue;
import io.podtap.core.capture.FrameSource;
import io.podtap.core.config.Endpoint;
import io.podtap.tap.encapsulate.Encapsulator;
import io.podtap.tap.encapsulate.LinkHeader;
import io.podtap.tap.segment.Segmenter;
import io.podtap.tap.send.SendQueue;
import io.podtap.tap.send.SensorLanes;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The tap's one loop: frames through the {@link Mirror}, and what has to be done now and then.
 *
 * <p>Made, run and closed by one thread, the hot one. {@link #control}, {@link #ledger} and {@link
 * #stop} are for any thread.
 */
public final class Tap implements Agent {

  private static final long MAINTENANCE_NS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long SNAPSHOT_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long REPORT_NS = TimeUnit.SECONDS.toNanos(10);
  private static final int CONTROL_CAPACITY = 16;

  /** How long a drain may take: a ring's last block comes after its timeout. */
  private static final long DRAIN_NS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int AWAIT_MS = 100;

  /** Opens the lanes of one sensor. */
  public interface LaneOpener {

    /**
     * Opens lanes.
     *
     * @param firstLaneId see {@link SensorLanes}
     */
    SensorLanes open(Endpoint sensor, int firstLaneId);
  }

  private final Arena arena = Arena.ofConfined();
  private final ControlQueue control = new ControlQueue(CONTROL_CAPACITY);
  private final TapSource source;
  private final LaneOpener lanes;
  private final Ledger ledger;
  private final SendQueue queue;
  private final Mirror mirror;
  private final @Nullable Reporter reporter;
  private int nextLaneId;
  private long nextMaintenanceNs;
  private long nextSnapshotNs;
  private long nextReportNs;
  private boolean ended;
  private volatile boolean stopping;
  private volatile Ledger.Snapshot snapshot;

  /**
   * Joins the stages. Takes over {@code source}; all memory of the data path is allocated here.
   *
   * @param nowNs nanoseconds since 1970
   */
  Tap(
      TapSettings settings,
      TapIdentity identity,
      TapSource source,
      List<SensorLanes> sensors,
      LaneOpener lanes,
      long nowNs) {
    this.source = source;
    this.lanes = lanes;
    ledger = new Ledger(source.ledgers());
    queue = new SendQueue(arena, ledger.failed());
    Encapsulator encapsulator = new Encapsulator(settings.encapsulation(), identity.tapId());
    mirror =
        new Mirror(
            new LinkHeader(identity.tapId()),
            new Segmenter(arena, settings.segment(), ledger.segment()),
            encapsulator,
            queue,
            ledger,
            new Sensors(sensors),
            settings.padBytes());
    nextLaneId = sensors.stream().mapToInt(SensorLanes::count).sum();
    reporter =
        settings.reporting()
            ? new Reporter(
                arena,
                identity,
                settings.source().label(),
                settings.encapsulation().vni(),
                encapsulator)
            : null;
    nextMaintenanceNs = nowNs + MAINTENANCE_NS;
    nextReportNs = nowNs + REPORT_NS;
    snapshot = takeSnapshot(nowNs);
    report(Reporter.State.START, nowNs);
  }

  @Override
  public int doWork(long nowNs) {
    int work = control.drain();
    if (stopping && !ended) {
      source.stop();
    }
    int frames = source.poll(mirror);
    if (frames == FrameSource.END) {
      ended = true;
    } else {
      work += frames;
    }
    if (nowNs >= nextMaintenanceNs) {
      nextMaintenanceNs = nowNs + MAINTENANCE_NS;
      occasionally(nowNs);
    }
    return work;
  }

  private void occasionally(long nowNs) {
    source.maintain();
    if (nowNs >= nextSnapshotNs) {
      takeSnapshot(nowNs);
    }
    if (nowNs >= nextReportNs) {
      nextReportNs = nowNs + REPORT_NS;
      mirror.sensors().list().forEach(SensorLanes::readPathMtu);
      report(Reporter.State.RUNNING, nowNs);
    }
  }

  private Ledger.Snapshot takeSnapshot(long nowNs) {
    nextSnapshotNs = nowNs + SNAPSHOT_NS;
    source.readStatistics();
    Ledger.Snapshot taken = ledger.snapshot(mirror.sensors().list(), queue.calls());
    snapshot = taken;
    return taken;
  }

  private void report(Reporter.State state, long nowNs) {
    if (reporter != null) {
      reporter.report(state, mirror.sensors(), takeSnapshot(nowNs), nowNs);
    }
  }

  /** Waits for the next frames, a tenth of a second at most. Only the hot thread. */
  public void await() {
    source.await(AWAIT_MS);
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
   * Shares flows among other sensors from now on: lanes of sensors that stay are kept, with the
   * flows on them. To be run on the hot thread, by way of {@link #control}.
   */
  public void changeSensors(List<Endpoint> endpoints) {
    List<SensorLanes> former = mirror.sensors().list();
    List<SensorLanes> next = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      next.add(
          former.stream()
              .filter(known -> known.sensor().equals(endpoint))
              .findFirst()
              .orElseGet(() -> open(endpoint)));
    }
    mirror.sensors(new Sensors(next));
    for (SensorLanes known : former) {
      if (!endpoints.contains(known.sensor())) {
        ledger.retire(known);
        known.close();
      }
    }
  }

  private SensorLanes open(Endpoint endpoint) {
    SensorLanes opened = lanes.open(endpoint, nextLaneId);
    nextLaneId += opened.count();
    return opened;
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
      onClose();
    }
  }

  @Override
  public void onClose() {
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
    queue.flush();
    long nowNs = System.currentTimeMillis() * 1_000_000L;
    report(Reporter.State.STOP, nowNs);
    takeSnapshot(nowNs);
    mirror.sensors().list().forEach(SensorLanes::close);
    source.close();
    arena.close();
  }

  @Override
  public String role() {
    return "tap";
  }
}
