/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.start;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.filter.OwnTraffic;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.Privileges;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.trust.Trust;
import io.podtap.core.trust.TrustStatus;
import io.podtap.tap.Tap;
import io.podtap.tap.TapIdentity;
import io.podtap.tap.TapSettings;
import io.podtap.tap.TlsSettings;
import io.podtap.tap.ledger.ReportText;
import io.podtap.tap.ledger.StreamReports;
import io.podtap.tap.link.SensorLink;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SensorLanes;
import io.podtap.tap.send.SocketOutput;
import io.podtap.tap.source.FileSource;
import io.podtap.tap.source.LiveSource;
import io.podtap.tap.source.QueueSource;
import io.podtap.tap.source.SourceSettings;
import io.podtap.tap.source.TapSource;
import io.podtap.tap.stream.EngineSource;
import io.podtap.tap.stream.SensorStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Opens what a tap needs from the kernel, in the order that keeps its own packets out: sockets
 * first, then the filter that knows them, then the capture.
 */
public final class TapLauncher {

  private static final int SEND_BUFFER_BYTES = 4 << 20;

  private final TapSettings settings;
  private final TapIdentity identity;
  private final Privileges privileges;
  private final Opener opener = new Opener();

  private final ReportText text;
  private final StreamReports reports;
  private final Consumer<String> log;
  private volatile @Nullable Trust trust;

  /** How datagrams leave, of links to come. The hot thread. */
  private SendMode mode;

  /**
   * @param privileges the calling thread's, read before any are given up
   */
  public TapLauncher(TapSettings settings, TapIdentity identity, Privileges privileges) {
    this(settings, identity, privileges, line -> {});
  }

  /** As the other; what becomes of connections is said on {@code log}, line by line. */
  public TapLauncher(
      TapSettings settings, TapIdentity identity, Privileges privileges, Consumer<String> log) {
    this.settings = settings;
    this.identity = identity;
    this.privileges = privileges;
    this.log = log;
    mode = settings.sensors().mode();
    text =
        new ReportText(
            identity.values(), settings.source().label(), settings.encapsulation().vni());
    reports =
        new StreamReports(
            text,
            new StreamReports.Settings(
                settings.source() instanceof SourceSettings.Live live
                    ? live.interfaces()
                    : List.of(settings.source().label()),
                settings.source().filter(),
                settings.segment().snaplen(),
                identity.describe(),
                settings.reporting()));
  }

  /** Returns who the tap is, for metrics and counts; see {@link ReportText#described}. */
  public Map<String, String> identity() {
    return text.described();
  }

  /**
   * Opens a tap on the calling thread, which must run it.
   *
   * @throws SettingsException when sensor, interface, filter or file cannot be, or a privilege is
   *     missing
   */
  public Tap open() {
    List<SensorLink> sensors = new ArrayList<>();
    TapSource source = null;
    settings.tls().ifPresent(tls -> trust = Trust.load(tls.files(), tls.sensorNames()));
    try {
      int firstLaneId = 0;
      for (Endpoint endpoint : settings.sensors().sensors()) {
        SensorLink sensor = opener.open(endpoint, firstLaneId);
        sensors.add(sensor);
        firstLaneId += sensor.count();
      }
      source = openSource(sensors);
      Tap tap =
          new Tap(
              settings,
              identity,
              text,
              source,
              sensors,
              opener,
              System.currentTimeMillis() * 1_000_000L);
      reports.ledger(tap::ledger);
      if (settings.source() instanceof SourceSettings.Live) {
        tap.whenIdle(new WarmUp(settings, identity.tapId()));
      }
      return tap;
    } catch (RuntimeException e) {
      sensors.forEach(SensorLink::close);
      if (source != null) {
        source.close();
      }
      throw e instanceof LinuxException
          ? new SettingsException(String.valueOf(e.getMessage()), e)
          : e;
    }
  }

  /** Returns how certificates stand, where packets leave over TLS. Once it is open, any thread. */
  public Optional<TrustStatus> trust() {
    return Optional.ofNullable(trust).map(Trust::status);
  }

  /** What the running tap asks for when its sensors change. */
  private final class Opener implements Tap.LaneOpener {

    @Override
    public SensorLink open(Endpoint sensor, int firstLaneId) {
      return settings.tls().isPresent()
          ? openStream(sensor, settings.tls().get())
          : openLanes(sensor, firstLaneId);
    }

    @Override
    public void mode(SendMode next) {
      mode = next;
    }

    @Override
    public LoopGuard guard(List<SensorLink> sensors) {
      return TapLauncher.this.guard(sensors);
    }
  }

  /**
   * Asked one by one: a switch over types is a class that the virtual machine spins at each start.
   */
  private TapSource openSource(List<SensorLink> sensors) {
    SourceSettings source = settings.source();
    if (source instanceof SourceSettings.Live live) {
      return LiveSource.open(live, guard(sensors));
    }
    return source instanceof SourceSettings.CaptureFile file
        ? FileSource.open(file)
        : new QueueSource((SourceSettings.Queue) source);
  }

  /**
   * A stream's socket cannot carry the mark, and its port changes with each connection: all TCP to
   * and from the sensor's port is taken for taps', of this one or of another in the pod.
   */
  private LoopGuard guard(List<SensorLink> sensors) {
    List<OwnTraffic> own = new ArrayList<>();
    for (SensorLink link : sensors) {
      if (!(link instanceof SensorLanes sensor)) {
        own.add(new OwnTraffic(IpProtocol.TCP, link.sensor(), List.of()));
        continue;
      }
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < sensor.count(); i++) {
        ports.add(sensor.lane(i).sourcePort());
      }
      own.add(new OwnTraffic(IpProtocol.UDP, sensor.sensor(), ports));
    }
    return privileges.canMark()
        ? LoopGuard.byMark(SocketOutput.MARK, own)
        : LoopGuard.byOwnTraffic(own);
  }

  private SensorLink openStream(Endpoint sensor, TlsSettings tls) {
    return SensorStream.open(sensor, tls.stream(), new Engines(), reports, log);
  }

  /** The TLS side of streams. */
  private final class Engines implements EngineSource {

    /** Files that have changed are used from the next connection on. */
    @Override
    public SSLEngine open(Endpoint sensor) {
      Trust present = Objects.requireNonNull(trust);
      present.refresh();
      return present.client(sensor);
    }

    @Override
    public void prepare(BooleanSupplier isOver) {
      CipherRehearsal.runOnce(isOver);
    }
  }

  private SensorLanes openLanes(Endpoint sensor, int firstLaneId) {
    List<SocketOutput> outputs = new ArrayList<>();
    int ports = SocketOutput.SOURCE_PORT_MAX - SocketOutput.SOURCE_PORT_MIN + 1;
    int first = Math.floorMod(identity.tapId() * 31, ports);
    try {
      int lanes = settings.sensors().lanes();
      for (int i = 0; i < lanes; i++) {
        int port = SocketOutput.SOURCE_PORT_MIN + Math.floorMod(first + firstLaneId + i, ports);
        outputs.add(SocketOutput.open(sensor, port, SocketOutput.MARK, SEND_BUFFER_BYTES));
      }
      return new SensorLanes(sensor, outputs, firstLaneId, settings.sensors().lanesJoined(), mode);
    } catch (RuntimeException e) {
      outputs.forEach(SocketOutput::close);
      if (e instanceof LinuxException) {
        throw new SettingsException("sensor " + sensor + ": " + e.getMessage(), e);
      }
      throw e;
    }
  }
}
